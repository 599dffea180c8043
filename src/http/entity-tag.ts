import { sha256Hex } from "../lib/digest.ts";

/** A strong entity tag: the same bytes, the same tag. */
export async function entityTag(body: string): Promise<string> {
  return `"${(await sha256Hex(body)).slice(0, 32)}"`;
}

/** They move with the clock alone: with them every poll would look like a change. */
const CLOCKS = new Set(["age_seconds", "computed_at"]);

/** A weak tag of a JSON value: the same facts, the same tag. */
export async function factsTag(value: unknown): Promise<string> {
  const ageless = JSON.stringify(value, (name, member: unknown) => (CLOCKS.has(name) ? undefined : member));
  return `W/${await entityTag(ageless)}`;
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}

/** Whether `If-None-Match` names this tag (weak comparison, as RFC 9110 asks for GET). */
export function matchesEntityTag(header: string | null, tag: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((one) => opaque(one) === opaque(tag));
}

/** Whether `If-Match` names this strong tag (strong comparison). */
export function namesEntityTag(header: string, tag: string): boolean {
  return header.trim() === "*" || header.split(",").some((one) => one.trim() === tag);
}
