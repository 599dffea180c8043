import type { DataKey, Keyring } from "../domain/accounts/keyring.ts";
import { base64url, fromBase64url } from "../lib/base64url.ts";

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;

async function importKey({ bytes }: DataKey, usage: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, HMAC, false, [usage]);
}

/**
 * Proof that we wrote this text: the id of the key, a dot and an HMAC-SHA-256, safe in a URL. Whoever signs different
 * kinds of things begins their texts differently.
 */
export async function signText(keyring: Keyring, text: string): Promise<string> {
  const key = await keyring.current("links");
  const mac = await crypto.subtle.sign(HMAC, await importKey(key, "sign"), new TextEncoder().encode(text));
  return `${key.id}.${base64url(new Uint8Array(mac))}`;
}

/** Whether `proof` is ours, of this very text; in constant time. Throws `StorageUnavailable`. */
export async function isSigned(keyring: Keyring, text: string, proof: string): Promise<boolean> {
  const [id = "", mac = "", ...rest] = proof.split(".");
  const given = fromBase64url(mac);
  if (given === null || rest.length > 0 || base64url(given) !== mac) return false;
  const key = await keyring.find("links", id);
  if (key === null) return false;
  return crypto.subtle.verify(HMAC, await importKey(key, "verify"), given, new TextEncoder().encode(text));
}
