import { SealedWebhookSecrets } from "../auth/sealed-webhook-secrets.ts";
import { signWebhook } from "../auth/webhook-signature.ts";
import type { Keyring } from "../domain/accounts/keyring.ts";
import type { DeliveryDeps, DeliveryQueue, EndpointDeps } from "../domain/webhooks/ports.ts";
import { newId } from "../lib/new-id.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import { webhookReceiver } from "../providers/webhook-receiver.ts";
import { InboundEventRepository } from "../storage/postgres/inbound-event-repository.ts";
import { WebhookDeliveryRepository } from "../storage/postgres/webhook-delivery-repository.ts";
import { WebhookEndpointRepository } from "../storage/postgres/webhook-endpoint-repository.ts";
import type { Base } from "./base.ts";

export interface WebhookServices extends EndpointDeps {
  delivery: DeliveryDeps;
  inbound: InboundEventRepository;
}

interface Shared {
  keyring: Keyring;
  queue: DeliveryQueue;
  poke: DeliveryDeps["poke"];
}

export function buildWebhookServices(
  { database, config, log, now }: Base,
  { keyring, queue, poke }: Shared,
): WebhookServices {
  const secrets = new SealedWebhookSecrets(keyring);
  return {
    inbound: new InboundEventRepository(database),
    endpoints: new WebhookEndpointRepository(database),
    secrets,
    delivery: {
      deliveries: new WebhookDeliveryRepository(database),
      secrets,
      sign: signWebhook,
      post: webhookReceiver(now),
      queue,
      poke,
      log,
      now,
      random: Math.random,
      newId: (prefix) => newId(prefix, now(), randomBytes),
      allowLoopback: config.environment === "development" || config.environment === "test",
    },
  };
}
