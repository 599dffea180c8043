import { z } from "zod";
import { open, seal, SecretUnreadable } from "../../../auth/secret-box.ts";
import type { Keyring } from "../../../domain/accounts/keyring.ts";
import type { SearchProgress } from "../../../domain/search/search-companies.ts";
import { base64url, fromBase64url } from "../../../lib/base64url.ts";
import { canonicalJson } from "../../../lib/canonical-json.ts";

/** What a cursor is good for; with anything else of it changed, it is no cursor. */
export type CursorScope = Record<string, unknown>;

const MAX_LENGTH = 8_000;
const SHAPE = /^([\w-]+)\.([\w-]+)$/;
const Payload = z
  .tuple([z.int(), z.string(), z.string(), z.int(), z.number()])
  .transform(([day, value, siren, seen, total]): SearchProgress => {
    return { day, after: { value, siren }, seen, total };
  });

function contextOf(scope: CursorScope): string {
  return `cursor:v1:${canonicalJson(scope)}`;
}

/**
 * Says where the next page begins, to whoever has the same scope; safe in an address. Sealed rather than signed: in the
 * order of names it holds one, which may be a person's.
 */
export async function cursorOf(
  keyring: Keyring,
  scope: CursorScope,
  progress: SearchProgress,
): Promise<string> {
  const { day, after, seen, total } = progress;
  const payload = JSON.stringify([day, after.value, after.siren, seen, total]);
  return (await seal(keyring, payload, contextOf(scope))).replace(":", ".");
}

/** Some other texts decode to the same bytes: of a cursor only its own is taken. */
function isCanonical(text: string): boolean {
  const bytes = fromBase64url(text);
  return bytes !== null && base64url(bytes) === text;
}

/** null: not ours, or of another scope. Throws `StorageUnavailable`. */
export async function readCursor(
  keyring: Keyring,
  scope: CursorScope,
  cursor: string,
): Promise<SearchProgress | null> {
  if (cursor.length > MAX_LENGTH) return null;
  const [, keyId = "", text = ""] = SHAPE.exec(cursor) ?? [];
  if (text === "" || !isCanonical(text)) return null;
  try {
    const payload = await open(keyring, `${keyId}:${text}`, contextOf(scope));
    return Payload.safeParse(JSON.parse(payload)).data ?? null;
  } catch (error) {
    if (error instanceof SecretUnreadable) return null;
    throw error;
  }
}
