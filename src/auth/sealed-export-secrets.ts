import type { Keyring } from "../domain/accounts/keyring.ts";
import { open, seal } from "./secret-box.ts";

const contextOf = (exportId: string): string => `export:${exportId}`;

/**
 * Tokens of the services that exports fill. They live as long as their export is open, so that a rotation of keys leaves
 * them as they are: keys that were replaced still open what they sealed.
 */
export class SealedExportSecrets {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async seal(token: string, exportId: string): Promise<string> {
    return seal(this.#keyring, token, contextOf(exportId));
  }

  /** Throws `SecretUnreadable`. */
  async open(sealed: string, exportId: string): Promise<string> {
    return open(this.#keyring, sealed, contextOf(exportId));
  }
}
