import type { Keyring } from "../domain/accounts/keyring.ts";
import type { LinkClaim, LinkSigner } from "../domain/exports/download-link.ts";
import { isSigned, signText } from "./signed-text.ts";

/** No part holds a colon, so that no two claims have one text. */
function textOf({ organisationId, exportId, expires, issuedTo }: LinkClaim): string {
  return `export-link:v2:${organisationId}:${exportId}:${expires}:${issuedTo}`;
}

/** Download links under the keyring: whoever has one needs nothing else. */
export class SignedExportLinks implements LinkSigner {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async sign(claim: LinkClaim): Promise<string> {
    return signText(this.#keyring, textOf(claim));
  }

  async isSigned(claim: LinkClaim, signature: string): Promise<boolean> {
    return isSigned(this.#keyring, textOf(claim), signature);
  }
}
