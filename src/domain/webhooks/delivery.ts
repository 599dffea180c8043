import type { EventType } from "./webhook-event.ts";

export const DELIVERY_STATUSES = ["pending", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** `replay` and `test` are asked for by people; a test is tried once. */
export const DELIVERY_ORIGINS = ["event", "replay", "test"] as const;
export type DeliveryOrigin = (typeof DELIVERY_ORIGINS)[number];

/** Why there was no answer. `url_refused`: the address has become one that we must not call. */
export const ATTEMPT_ERRORS = ["timeout", "unreachable", "url_refused"] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** One try. Of `responseStatus` and `error`, one is null. */
export interface Attempt {
  /** RFC 3339, when it began. */
  at: string;
  durationMs: number;
  responseStatus: number | null;
  error: AttemptError | null;
}

/** One event to one endpoint. Moments are RFC 3339, milliseconds. */
export interface Delivery {
  id: string;
  endpointId: string;
  /** The `webhook-id` of every attempt. */
  eventId: string;
  eventType: EventType;
  origin: DeliveryOrigin;
  status: DeliveryStatus;
  attemptCount: number;
  lastAttempt: Attempt | null;
  /** null once it has ended. */
  nextAttemptAt: string | null;
  createdAt: string;
  finishedAt: string | null;
}

export interface DeliveryDetail extends Delivery {
  attempts: Attempt[];
  /** Byte for byte what is signed and sent. */
  body: string;
}
