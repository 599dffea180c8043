import type { ActContext, AuditActor, AuditRecord } from "../audit/audit-record.ts";
import type {
  Attempt,
  AttemptError,
  Delivery,
  DeliveryDetail,
  DeliveryOrigin,
  DeliveryStatus,
} from "./delivery.ts";
import type { DisabledReason, EndpointSecrets, EndpointStatus, WebhookEndpoint } from "./endpoint.ts";
import type { EventType, WebhookEvent } from "./webhook-event.ts";

/** Whose endpoints: live and test credentials of an organisation know nothing of each other's. */
export interface EndpointOwner {
  organisationId: string;
  mode: WebhookEvent["mode"];
}

/** Who acts, from where, for whom. */
export interface WebhookActor extends EndpointOwner {
  actor: AuditActor;
  context: ActContext;
}

/** Of the organisation that the record of the change is about. */
export interface EndpointRef {
  id: string;
  mode: WebhookEvent["mode"];
}

export interface NewEndpoint extends EndpointRef {
  url: string;
  description: string | null;
  events: EventType[];
  sealed: string;
}

/** What is absent stays. */
export interface EndpointChange {
  url?: string | undefined;
  description?: string | null | undefined;
  events?: EventType[] | undefined;
  status?: EndpointStatus | undefined;
}

/** Each change is of the record's organisation and writes the record in its statement. Throws `StorageUnavailable`. */
export interface EndpointStore {
  /** Newest first; `before`: an id, for what follows it. */
  list(owner: EndpointOwner, page: { limit: number; before: string | null }): Promise<WebhookEndpoint[]>;
  find(owner: EndpointOwner, id: string): Promise<WebhookEndpoint | null>;
  /** null: the organisation has as many of this mode as it may. */
  create(endpoint: NewEndpoint, record: AuditRecord): Promise<WebhookEndpoint | null>;
  /** null: there is none. Once disabled, its pending deliveries have failed. */
  change(endpoint: EndpointRef, change: EndpointChange, record: AuditRecord): Promise<WebhookEndpoint | null>;
  /**
   * The secret that was signs until `overlapUntil` (RFC 3339); one before it, no more. When `operationId` is that of
   * the last replacement, nobody got its secret: the one before stays as it is. null: there is none.
   */
  replaceSecret(
    endpoint: EndpointRef,
    next: { sealed: string; overlapUntil: string; operationId: string | null },
    record: AuditRecord,
  ): Promise<WebhookEndpoint | null>;
  /** With its deliveries. false: there is none. */
  delete(endpoint: EndpointRef, record: AuditRecord): Promise<boolean>;
}

/** A delivery that one consumer has to itself until `until`, with all that an attempt needs. */
export interface LeasedDelivery {
  id: string;
  origin: DeliveryOrigin;
  /** Made before. */
  attempts: number;
  /** RFC 3339. Of the delivery. */
  createdAt: string;
  until: string;
  eventId: string;
  body: string;
  endpoint: { id: string; organisationId: string; url: string; sealedSecrets: string[] };
}

/** RFC 3339: when the delivery was made. */
export interface EndpointBusy {
  waitingSince: string;
}

export interface AttemptResult {
  attempt: Attempt;
  status: DeliveryStatus;
  /** RFC 3339; null unless `pending`. */
  nextAttemptAt: string | null;
  /** RFC 3339. */
  endedAt: string;
  /** Disables the endpoint whatever it did before. */
  gone: boolean;
}

export interface PageOfDeliveries {
  status: DeliveryStatus | null;
  limit: number;
  /** Where the page before ended. */
  after: Pick<Delivery, "createdAt" | "id"> | null;
}

/** Throws `StorageUnavailable`. */
export interface DeliveryStore {
  /** Of an event: what waits for its first attempt. */
  pendingOf(eventId: string): Promise<string[]>;
  /**
   * null: ended, not due yet, or somebody has it. One of a disabled endpoint fails here. `EndpointBusy`: its endpoint
   * has as many under way as it may; tests, for which somebody waits, go all the same.
   */
  lease(id: string, now: string, until: string): Promise<LeasedDelivery | EndpointBusy | null>;
  /** What nobody has is due at `at` only (RFC 3339). */
  postpone(id: string, now: string, at: string): Promise<void>;
  /**
   * Keeps an attempt and what follows from it. `record`: written if the endpoint is disabled by it, which a 410 does,
   * and five days of nothing but failures. What the endpoint's former address did says nothing of the new one.
   */
  recordAttempt(
    leased: LeasedDelivery,
    result: AttemptResult,
    record: (reason: DisabledReason) => AuditRecord,
  ): Promise<{ disabled: boolean }>;
  /** An event for one endpoint alone, due at once. false: there is no such endpoint that is active. */
  createTest(event: WebhookEvent, delivery: { id: string; endpointId: string }): Promise<boolean>;
  /** The event of a delivery, to its endpoint once more. false: there is none, or its endpoint is disabled. */
  replay(
    from: { id: string; endpointId: string },
    next: { id: string; at: string },
    record: AuditRecord,
  ): Promise<boolean>;
  list(endpointId: string, page: PageOfDeliveries): Promise<Delivery[]>;
  find(endpointId: string, id: string): Promise<DeliveryDetail | null>;
  /** Due since before this moment, and nobody has them: their messages were lost. Some of each endpoint. */
  overdue(before: string, limit: number): Promise<string[]>;
}

export interface OutgoingWebhook {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** `retryAfterMs`: what the receiver asked for. */
export type ReceiverAnswer =
  | { status: number; retryAfterMs: number | null }
  | { error: Exclude<AttemptError, "url_refused"> };

/** One POST that follows no redirect and gives up after 15 s; never throws. */
export type PostWebhook = (request: OutgoingWebhook) => Promise<ReceiverAnswer>;

/** What the queue `events` carries of deliveries; see `src/queue/messages.ts` for the wire format. */
export type DeliveryMessage =
  | { type: "event.published"; event_id: string }
  | { type: "webhook.deliver"; delivery_id: string };

/** Throws when the queue does not take them; what was not sent is found by the schedule. */
export interface DeliveryQueue {
  send(messages: DeliveryMessage[], delaySeconds?: number): Promise<void>;
}

export interface WebhookLog {
  event(name: string, fields: Record<string, string | number | boolean | null>): void;
}

export interface EndpointDeps {
  endpoints: EndpointStore;
  secrets: EndpointSecrets;
}

export interface DeliveryDeps {
  deliveries: DeliveryStore;
  secrets: Pick<EndpointSecrets, "open">;
  sign: (content: { id: string; timestamp: number; body: string }, secrets: string[]) => Promise<string>;
  post: PostWebhook;
  queue: DeliveryQueue;
  /** Of the audit's chain, after a record for it was written. */
  poke: (organisationId: string) => Promise<void>;
  log: WebhookLog;
  now: () => number;
  random: () => number;
  newId: ActContext["newId"];
  /** For development: receivers on this very machine. */
  allowLoopback: boolean;
}
