import { canonicalJson } from "../../../lib/canonical-json.ts";
import { sha256Hex } from "../../../lib/digest.ts";
import { RequestInvalid } from "../../request-invalid.ts";

const SHAPE = /^([1-9]\d{0,15})\.([0-9a-f]{16})$/;
const MARK_LENGTH = 16;

/** Organisation and filters of a list. */
type Scope = object & { organisationId: string };

/** Ties a cursor to its list: with another it would skip entries in silence. */
async function markOf(scope: Scope, seq: number): Promise<string> {
  return (await sha256Hex(canonicalJson({ ...scope, seq }))).slice(0, MARK_LENGTH);
}

export async function cursorAfter(scope: Scope, seq: number): Promise<string> {
  return btoa(`${seq}.${await markOf(scope, seq)}`).replaceAll("=", "");
}

function decode(cursor: string): string {
  return /^[A-Za-z0-9+/]+$/.test(cursor) && cursor.length % 4 !== 1 ? atob(cursor) : "";
}

/** The number at which the page before ended. Throws `RequestInvalid` for what we did not hand out. */
export async function placeOf(scope: Scope, cursor: string): Promise<number> {
  const [, digits = "", mark] = SHAPE.exec(decode(cursor)) ?? [];
  const seq = Number(digits);
  if (mark !== undefined && mark === (await markOf(scope, seq))) return seq;
  const params = { fault: "audit.cursor" };
  throw new RequestInvalid(
    [{ code: "custom", path: ["cursor"], message: "cursor", params, input: cursor }],
    "query",
  );
}
