import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { RequestRefused } from "../request-invalid.ts";

/** Refuses a larger body, declared or streamed, before anything reads it. */
export function limitBody(kibibytes: number) {
  return bodyLimit({
    maxSize: kibibytes * 1024,
    onError: () => {
      throw new RequestRefused("request.too_large");
    },
  });
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** Accepts JSON only, and tells an unreadable document from one with wrong fields. */
export const requireJson = createMiddleware<AppEnv>(async (context, next) => {
  const type = context.req.header("content-type") ?? "";
  const encoding = context.req.header("content-encoding") ?? "identity";
  if (!JSON_TYPE.test(type) || encoding.toLowerCase() !== "identity") {
    throw new RequestRefused("request.unsupported_media_type", {
      accept: "application/json",
      "accept-encoding": "identity",
    });
  }
  try {
    JSON.parse(await context.req.text());
  } catch (error) {
    if (error instanceof RequestRefused) throw error;
    throw new RequestRefused("request.malformed_json");
  }
  await next();
});
