import type { Keyring } from "../domain/accounts/keyring.ts";
import { decrypt, encrypt } from "./aes-gcm.ts";

/** Sealed for another context, changed since, or its key is gone. */
export class SecretUnreadable extends Error {
  constructor() {
    super("a sealed secret does not open");
  }
}

/** `<key id>:<base64url>`; opens only with the same `context`, such as whose secret it is. */
export async function seal(keyring: Keyring, plaintext: string, context: string): Promise<string> {
  const { id, bytes } = await keyring.current("secrets");
  return `${id}:${await encrypt(bytes, new TextEncoder().encode(plaintext), context)}`;
}

/** Throws `SecretUnreadable`. */
export async function open(keyring: Keyring, sealed: string, context: string): Promise<string> {
  const [keyId = "", text = ""] = sealed.split(":", 2);
  const key = await keyring.find("secrets", keyId);
  const plain = key === null ? null : await decrypt(key.bytes, text, context);
  if (plain === null) throw new SecretUnreadable();
  return new TextDecoder().decode(plain);
}
