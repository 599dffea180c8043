import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { RequestRefused } from "../request-invalid.ts";

const MAX_BYTES = 64 * 1024;

/** Refuses a body over 64 KiB, declared or streamed, before anything reads it. */
export const limitBody = bodyLimit({
  maxSize: MAX_BYTES,
  onError: () => {
    throw new RequestRefused("request.too_large");
  },
});

/** Accepts JSON only, and tells an unreadable document from one with wrong fields. */
export const requireJson = createMiddleware<AppEnv>(async (context, next) => {
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new RequestRefused("request.unsupported_media_type", { accept: "application/json" });
  }
  try {
    JSON.parse(await context.req.text());
  } catch (error) {
    if (error instanceof RequestRefused) throw error;
    throw new RequestRefused("request.malformed_json");
  }
  await next();
});
