export type WebhookRefusal = "webhooks.too_many" | "webhooks.disabled";

/** A refusal of a webhook rule; its code is what the client is told. */
export class WebhookRefused extends Error {
  readonly code: WebhookRefusal;

  constructor(code: WebhookRefusal) {
    super(code);
    this.code = code;
  }
}
