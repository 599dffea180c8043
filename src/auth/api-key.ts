import { base64url } from "../lib/base64url.ts";
import { crc32 } from "../lib/crc32.ts";
import { sha256Hex } from "../lib/digest.ts";

export type ApiKeyMode = "live" | "test";

const SHAPE = /^mai_(?:live|test)_[A-Za-z0-9_-]{43}([0-9a-z]{7})$/;

function checksum(body: string): string {
  return crc32(body).toString(36).padStart(7, "0");
}

/** `mai_<mode>_` + 256 random bits (base64url) + CRC-32 of all before it (base 36, 7 characters). */
export function generateApiKey(mode: ApiKeyMode, random: (length: number) => Uint8Array): string {
  const body = `mai_${mode}_${base64url(random(32))}`;
  return body + checksum(body);
}

/** Tells a mistyped or foreign string from a key without asking the database. */
export function isApiKeyShape(candidate: string): boolean {
  const match = SHAPE.exec(candidate);
  return match !== null && match[1] === checksum(candidate.slice(0, -7));
}

/** Only this is stored: a key of 256 random bits needs no slow hash. */
export async function hashApiKey(key: string): Promise<string> {
  return sha256Hex(key);
}

/** The part that may be shown again, to recognise a key. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, 16);
}
