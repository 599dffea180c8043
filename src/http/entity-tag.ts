import { sha256Hex } from "../lib/digest.ts";

/** A strong entity tag: the same bytes, the same tag. */
export async function entityTag(body: string): Promise<string> {
  return `"${(await sha256Hex(body)).slice(0, 32)}"`;
}

/** Whether `If-None-Match` names this tag (weak comparison, as RFC 9110 asks for GET). */
export function matchesEntityTag(header: string | null, tag: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}
