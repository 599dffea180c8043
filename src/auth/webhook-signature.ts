import { randomBytes } from "../lib/random-bytes.ts";

/** Standard Webhooks 1.0.0: `whsec_` and 24 to 64 bytes in base64. */
const PREFIX = "whsec_";
const SECRET_BYTES = 32;
const TOLERANCE_SECONDS = 300;
const MAC_BYTES = 32;
/** More than any sender's secrets: each costs one pass over the body. */
const MAX_SIGNATURES = 5;

/** What is signed: the event's id, the seconds of the attempt, the exact body. */
export interface SignedContent {
  id: string;
  timestamp: number;
  body: string;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

export function newWebhookSecret(): string {
  return PREFIX + toBase64(randomBytes(SECRET_BYTES));
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (bytes === null || bytes.length === 0) throw new Error("a webhook secret is not base64");
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function bytesOf({ id, timestamp, body }: SignedContent): Uint8Array {
  return new TextEncoder().encode(`${id}.${timestamp}.${body}`);
}

/** The value of `webhook-signature`: one `v1,<base64>` for each secret. */
export async function signWebhook(content: SignedContent, secrets: readonly string[]): Promise<string> {
  const bytes = bytesOf(content);
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const mac = await crypto.subtle.sign("HMAC", await keyOf(secret), bytes);
      return `v1,${toBase64(new Uint8Array(mac))}`;
    }),
  );
  return signatures.join(" ");
}

/** null: no signature of this version. */
function macOf(signature: string): Uint8Array<ArrayBuffer> | null {
  const mac = signature.startsWith("v1,") ? fromBase64(signature.slice(3)) : null;
  return mac?.length === MAC_BYTES ? mac : null;
}

/**
 * Whether one of the signatures of a `webhook-signature` header is this secret's, and the attempt is at most five
 * minutes from `now` (ms); the first five are looked at. Compares in constant time. Throws when the secret is none.
 */
export async function verifyWebhook(
  { signature, ...content }: SignedContent & { signature: string },
  secret: string,
  now: number,
): Promise<boolean> {
  const age = Math.abs(Math.floor(now / 1_000) - content.timestamp);
  if (!Number.isInteger(content.timestamp) || age > TOLERANCE_SECONDS) return false;
  const key = await keyOf(secret);
  const macs = signature.split(" ", MAX_SIGNATURES).flatMap((one) => macOf(one) ?? []);
  if (macs.length === 0) return false;
  const bytes = bytesOf(content);
  for (const mac of macs) {
    if (await crypto.subtle.verify("HMAC", key, mac, bytes)) return true;
  }
  return false;
}
