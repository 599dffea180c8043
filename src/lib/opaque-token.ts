import { base64url } from "./base64url.ts";

/** `<prefix>` + 256 random bits (base64url). Only its SHA-256 is stored. */
export function opaqueToken(prefix: string, random: (length: number) => Uint8Array): string {
  return prefix + base64url(random(32));
}

/** Tells what can't be a token of this kind without asking the database. */
export function isOpaqueToken(prefix: string, text: string): boolean {
  return text.startsWith(prefix) && /^[A-Za-z0-9_-]{43}$/.test(text.slice(prefix.length));
}
