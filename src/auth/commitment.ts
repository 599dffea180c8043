import type { DataKey, Keyring } from "../domain/accounts/keyring.ts";
import { hex } from "../lib/hex.ts";

async function commitWith({ id, bytes }: DataKey, text: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `${id}:${hex(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)))}`;
}

/** `<key id>:<HMAC-SHA-256, hex>`: nobody without the key can tell what it stands for, nor try. */
export async function commit(keyring: Keyring, text: string): Promise<string> {
  return commitWith(await keyring.current("commitments"), text);
}

/** Under every key that there ever was, newest first: what an older commitment is looked up by. */
export async function everyCommitment(keyring: Keyring, text: string): Promise<string[]> {
  const keys = await keyring.all("commitments");
  return Promise.all(keys.map(async (key) => commitWith(key, text)));
}
