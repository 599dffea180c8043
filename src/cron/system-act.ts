import type { ActContext } from "../domain/audit/audit-record.ts";
import { newId } from "../lib/new-id.ts";
import { randomBytes } from "../lib/random-bytes.ts";

/** What is done on no request: by a schedule, or by an operator at a command line. `now` in ms. */
export function systemAct(now: number): ActContext {
  return {
    origin: { address: null, userAgent: null, requestId: null },
    now,
    newId: (prefix) => newId(prefix, now, randomBytes),
  };
}
