import { base64url, fromBase64url } from "../lib/base64url.ts";
import { randomBytes } from "../lib/random-bytes.ts";

const NONCE_LENGTH = 12;

async function importKey(bytes: Uint8Array<ArrayBuffer>, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [usage]);
}

/** AES-256-GCM under a random nonce: base64url of nonce, ciphertext and tag. `context` is bound, not stored. */
export async function encrypt(
  key: Uint8Array<ArrayBuffer>,
  plain: Uint8Array,
  context: string,
): Promise<string> {
  const iv = randomBytes(NONCE_LENGTH);
  const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) };
  const sealed = await crypto.subtle.encrypt(algorithm, await importKey(key, "encrypt"), plain);
  return base64url(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
}

/** null: another key, another context, or changed since. */
export async function decrypt(
  key: Uint8Array<ArrayBuffer>,
  sealed: string,
  context: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = fromBase64url(sealed);
  if (bytes === null || bytes.length <= NONCE_LENGTH) return null;
  const iv = bytes.slice(0, NONCE_LENGTH);
  const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(context) };
  const imported = await importKey(key, "decrypt");
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, imported, bytes.slice(NONCE_LENGTH)));
  } catch {
    // WebCrypto tells no more than that it does not fit.
    return null;
  }
}
