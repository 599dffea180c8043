import { randomHex } from "../lib/random-hex.ts";

const SAFE = /^[A-Za-z0-9._:-]{1,64}$/;

/** The client's own id when it is safe to repeat, otherwise a new one. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id");
  return given !== null && SAFE.test(given) ? given : `req_${randomHex.take(16)}`;
}
