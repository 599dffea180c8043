import type { Keyring } from "../domain/accounts/keyring.ts";
import { type EndpointSecrets, secretContext } from "../domain/webhooks/endpoint.ts";
import { open, seal } from "./secret-box.ts";
import { newWebhookSecret } from "./webhook-signature.ts";

/** Signing secrets of webhook endpoints, kept under the keyring. */
export class SealedWebhookSecrets implements EndpointSecrets {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  async create(endpointId: string): Promise<{ secret: string; sealed: string }> {
    const secret = newWebhookSecret();
    return { secret, sealed: await seal(this.#keyring, secret, secretContext(endpointId)) };
  }

  async open(sealed: string, endpointId: string): Promise<string> {
    return open(this.#keyring, sealed, secretContext(endpointId));
  }
}
