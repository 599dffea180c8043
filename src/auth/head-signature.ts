import type { DataKey, Keyring } from "../domain/accounts/keyring.ts";
import type { HeadSigner, PublicKey } from "../domain/audit/ports.ts";

const ED25519 = { name: "Ed25519" } as const;
/** PKCS #8 of an Ed25519 private key (RFC 8410): this, then the 32-byte seed. */
const PKCS8_PREFIX = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]{86}==$/.test(text)) return null;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

async function privateKey({ bytes }: DataKey, extractable: boolean): Promise<CryptoKey> {
  const pkcs8 = new Uint8Array([...PKCS8_PREFIX, ...bytes]);
  return crypto.subtle.importKey("pkcs8", pkcs8, ED25519, extractable, ["sign"]);
}

/** The raw 32 bytes: the private key knows them, and says so in a JWK only. */
async function publicBytes(key: DataKey): Promise<Uint8Array<ArrayBuffer>> {
  const jwk = await crypto.subtle.exportKey("jwk", await privateKey(key, true));
  const x = "x" in jwk && typeof jwk.x === "string" ? jwk.x : "";
  return Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
    character.charCodeAt(0),
  );
}

/** Signs with the newest key of purpose `audit`, whose 32 bytes are an Ed25519 seed. */
export class KeyringSigner implements HeadSigner {
  readonly #keyring: Keyring;
  readonly #verifiers = new Map<string, CryptoKey>();

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async sign(text: (keyId: string) => string): Promise<{ keyId: string; signature: string }> {
    const key = await this.#keyring.current("audit");
    const message = new TextEncoder().encode(text(key.id));
    const signature = await crypto.subtle.sign(ED25519, await privateKey(key, false), message);
    return { keyId: key.id, signature: base64(new Uint8Array(signature)) };
  }

  async verify(signed: { keyId: string; text: string; signature: string }): Promise<boolean> {
    const signature = fromBase64(signed.signature);
    const verifier = await this.#verifier(signed.keyId);
    if (signature === null || verifier === null) return false;
    return crypto.subtle.verify(ED25519, verifier, signature, new TextEncoder().encode(signed.text));
  }

  async publicKeys(): Promise<PublicKey[]> {
    const keys = await this.#keyring.all("audit");
    return Promise.all(
      keys.map(async (key) => ({
        key_id: key.id,
        algorithm: "Ed25519" as const,
        public_key: base64(await publicBytes(key)),
      })),
    );
  }

  async #verifier(keyId: string): Promise<CryptoKey | null> {
    const known = this.#verifiers.get(keyId);
    if (known !== undefined) return known;
    const key = await this.#keyring.find("audit", keyId);
    if (key === null) return null;
    const verifier = await crypto.subtle.importKey("raw", await publicBytes(key), ED25519, false, ["verify"]);
    this.#verifiers.set(keyId, verifier);
    return verifier;
  }
}
