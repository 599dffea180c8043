import { matchesEntityTag } from "./entity-tag.ts";
import type { CachedResponse } from "./response-cache.ts";
import { DATA_SECURITY } from "./security-headers.ts";

/** Sent with every answer that a credential opened: no cache between us and the client may keep it. */
export const PRIVATE_JSON = {
  ...DATA_SECURITY,
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
} as const;

const UNCHANGED = { ...DATA_SECURITY, "cache-control": "no-store" } as const;

/** 200 with the body, or 304 when the client already has it. */
export function taggedResponse(
  request: Request,
  response: CachedResponse<string | Uint8Array>,
  headers: Record<string, string>,
): Response {
  const { body, etag } = response;
  if (matchesEntityTag(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers: { ...UNCHANGED, etag, ...headers } });
  }
  return new Response(body, { headers: { ...PRIVATE_JSON, etag, ...headers } });
}
