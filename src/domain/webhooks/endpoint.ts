import type { EventType, WebhookEvent } from "./webhook-event.ts";

/** Of each mode. */
export const MAX_ENDPOINTS = 20;
/** How long a replaced secret signs beside its successor. */
export const SECRET_OVERLAP_MS = 24 * 3_600_000;

export const ENDPOINT_STATUSES = ["active", "disabled"] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

/** `requested`: by whom it belongs to; `gone`: it answered 410; `failing`: it took nothing for five days. */
export const DISABLED_REASONS = ["requested", "gone", "failing"] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** Where an organisation is told what happened. Moments are RFC 3339, milliseconds. Its secrets are never read back. */
export interface WebhookEndpoint {
  id: string;
  organisationId: string;
  mode: WebhookEvent["mode"];
  url: string;
  description: string | null;
  events: EventType[];
  status: EndpointStatus;
  disabledReason: DisabledReason | null;
  /** The first of the failures since the last success; a pause of 12 hours between two begins them anew. */
  failingSince: string | null;
  previousSecretUntil: string | null;
  createdAt: string;
  updatedAt: string;
}

/** What the sealed secrets of an endpoint are bound to: copied to another endpoint, they do not open. */
export function secretContext(endpointId: string): string {
  return `webhook:${endpointId}`;
}

/** Signing secrets as they are kept. */
export interface EndpointSecrets {
  /** `secret` (`whsec_…`) is shown once, `sealed` is stored. */
  create(endpointId: string): Promise<{ secret: string; sealed: string }>;
  /** Throws when it does not open. */
  open(sealed: string, endpointId: string): Promise<string>;
}
