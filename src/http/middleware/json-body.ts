import type { HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { jsonFault } from "../../lib/json-bounds.ts";
import type { AppEnv } from "../app-env.ts";
import { RequestInvalid, RequestRefused } from "../request-invalid.ts";

/** Refuses a larger body, declared or streamed, before anything reads it. */
export function limitBody(kibibytes: number) {
  const maxSize = kibibytes * 1024;
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new RequestRefused("request.too_large", {}, { limit_bytes: maxSize });
    },
  });
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

function ensureBounded(text: string): void {
  const reason = jsonFault(text);
  if (reason === null) return;
  const params = { fault: `json.${reason}` };
  throw new RequestInvalid([{ code: "custom", path: [], message: reason, params, input: undefined }], "body");
}

/** A body that breaks off on its way is no document either. */
export async function readBody(request: HonoRequest): Promise<string> {
  try {
    return await request.text();
  } catch (error) {
    if (error instanceof RequestRefused) throw error;
    throw new RequestRefused("request.malformed_json");
  }
}

/**
 * Accepts JSON only, within bounds of depth, size and length, and tells an unreadable document from one with wrong
 * fields. Of two members with one name the last counts, as everywhere in ECMAScript.
 */
export const requireJson = createMiddleware<AppEnv>(async (context, next) => {
  const type = context.req.header("content-type") ?? "";
  const encoding = context.req.header("content-encoding") ?? "identity";
  if (!JSON_TYPE.test(type) || encoding.toLowerCase() !== "identity") {
    const headers = { accept: "application/json", "accept-encoding": "identity" };
    throw new RequestRefused("request.unsupported_media_type", headers, {
      accepted_types: ["application/json"],
    });
  }
  const text = await readBody(context.req);
  ensureBounded(text);
  try {
    JSON.parse(text);
  } catch {
    throw new RequestRefused("request.malformed_json");
  }
  await next();
});

/** Where every member has a default, an empty body is `{}`, whatever type it is declared to have. */
export const acceptEmptyBody = createMiddleware<AppEnv>(async (context, next) => {
  if ((await readBody(context.req)) !== "") return requireJson(context, next);
  const { method, url, headers } = context.req.raw;
  const bare = new Headers(headers);
  bare.delete("content-type");
  // Without a type the validator reads no body, and fills in the defaults.
  context.req.raw = new Request(url, { method, headers: bare });
  await next();
});
