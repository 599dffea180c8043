import { z } from "@hono/zod-openapi";
import type { EndpointWithSecret } from "../../../domain/webhooks/create-endpoint.ts";
import {
  ATTEMPT_ERRORS,
  type Attempt,
  DELIVERY_ORIGINS,
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryDetail,
} from "../../../domain/webhooks/delivery.ts";
import {
  DISABLED_REASONS,
  ENDPOINT_STATUSES,
  type WebhookEndpoint,
} from "../../../domain/webhooks/endpoint.ts";
import { EVENT_TYPES } from "../../../domain/webhooks/webhook-event.ts";
import { nameInput } from "../../closed-object.ts";
import { idParam } from "../../identifier-schema.ts";

const WEBHOOK_ID = "wh_0mdfk3x2a7r4v9t1b6y3h8n5c";
const DELIVERY_ID = "dlv_0mdfk3x2a7r4v9t1b6y3h8n5c";
const EVENT_ID = "evt_0mdfk3x2a7r4v9t1b6y3h8n5c";

const instant = z.iso.datetime();

export const WebhookParam = idParam(WEBHOOK_ID);
export const DeliveryParam = idParam(DELIVERY_ID);

/** Its address is judged by `ensureReachable`, which knows where we run. */
export const UrlInput = z.string().max(2_048).openapi({
  description: "https, a public name or address, port 443 or above 1023, no redirect",
  example: "https://example.com/hooks/ma",
});

export const EventsInput = z
  .array(nameInput(EVENT_TYPES))
  .min(1)
  .max(EVENT_TYPES.length)
  .transform((events) => [...new Set(events)])
  .openapi({ description: "What to be told of", example: ["task.completed", "task.failed"] });

export const DescriptionInput = z
  .string()
  .trim()
  .max(200)
  .superRefine((text, context) => {
    if (text.isWellFormed() && !/\p{Cc}/u.test(text)) return;
    context.addIssue({ code: "custom", message: "text", params: { fault: "text.unreadable" } });
  })
  .nullable()
  .openapi({ description: "What you will know it by", example: "CRM" });

export const WebhookCursor = z
  .string()
  .superRefine((text, context) => {
    if (/^wh_[0-9A-Za-z]{1,60}$/.test(text)) return;
    context.addIssue({ code: "custom", message: "cursor", params: { fault: "webhooks.cursor" } });
  })
  .openapi({ description: "`next_cursor` of the page before" });

export const Webhook = z
  .object({
    id: z.string().openapi({ example: WEBHOOK_ID }),
    mode: z.enum(["live", "test"]).openapi({
      description: "`test`: made by a test key; hears of the tasks of test keys only",
    }),
    url: z.string().openapi({ example: "https://example.com/hooks/ma" }),
    description: z.string().nullable(),
    events: z.array(z.enum(EVENT_TYPES)),
    status: z.enum(ENDPOINT_STATUSES),
    disabled_reason: z.enum(DISABLED_REASONS).nullable().openapi({
      description: "`requested`: by you; `gone`: it answered 410; `failing`: it took nothing for five days",
    }),
    failing_since: instant.nullable().openapi({
      description:
        "the first failure since the last success; after 12 hours without one the next is the first",
    }),
    previous_secret_until: instant
      .nullable()
      .openapi({ description: "the replaced secret signs too until then" }),
    created_at: instant,
    updated_at: instant,
  })
  .openapi("Webhook");

export const CreatedWebhook = Webhook.extend({
  secret: z.string().openapi({
    description: "What you verify signatures with, shown this once",
    example: "whsec_<44 characters of base64>",
  }),
}).openapi("CreatedWebhook");

const DeliveryAttempt = z
  .object({
    at: instant,
    duration_ms: z.int().min(0),
    response_status: z
      .int()
      .nullable()
      .openapi({ description: "null when there was no answer: `error` says why" }),
    error: z.enum(ATTEMPT_ERRORS).nullable(),
  })
  .meta({ id: "WebhookAttempt" });

export const WebhookDelivery = z
  .object({
    id: z.string().openapi({ example: DELIVERY_ID }),
    event_id: z.string().openapi({
      description: "the `webhook-id` of every attempt, and of every replay",
      example: EVENT_ID,
    }),
    event_type: z.enum(EVENT_TYPES),
    origin: z.enum(DELIVERY_ORIGINS),
    status: z.enum(DELIVERY_STATUSES),
    attempt_count: z.int().min(0),
    last_attempt: DeliveryAttempt.nullable(),
    next_attempt_at: instant.nullable(),
    created_at: instant,
    finished_at: instant.nullable(),
  })
  .openapi("WebhookDelivery");

export const WebhookDeliveryDetail = WebhookDelivery.extend({
  attempts: z.array(DeliveryAttempt).openapi({ description: "the first one first" }),
  body: z.string().openapi({
    description: "byte for byte what is signed and sent",
    example: '{"type":"task.completed","timestamp":"2026-11-21T09:30:00.000Z","data":{}}',
  }),
}).openapi("WebhookDeliveryDetail");

export function webhookJson(endpoint: WebhookEndpoint): z.infer<typeof Webhook> {
  return {
    id: endpoint.id,
    mode: endpoint.mode,
    url: endpoint.url,
    description: endpoint.description,
    events: endpoint.events,
    status: endpoint.status,
    disabled_reason: endpoint.disabledReason,
    failing_since: endpoint.failingSince,
    previous_secret_until: endpoint.previousSecretUntil,
    created_at: endpoint.createdAt,
    updated_at: endpoint.updatedAt,
  };
}

export function createdWebhookJson({ endpoint, secret }: EndpointWithSecret): z.infer<typeof CreatedWebhook> {
  return { ...webhookJson(endpoint), secret };
}

function attemptJson(attempt: Attempt): z.infer<typeof DeliveryAttempt> {
  return {
    at: attempt.at,
    duration_ms: attempt.durationMs,
    response_status: attempt.responseStatus,
    error: attempt.error,
  };
}

export function deliveryJson(delivery: Delivery): z.infer<typeof WebhookDelivery> {
  return {
    id: delivery.id,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    origin: delivery.origin,
    status: delivery.status,
    attempt_count: delivery.attemptCount,
    last_attempt: delivery.lastAttempt === null ? null : attemptJson(delivery.lastAttempt),
    next_attempt_at: delivery.nextAttemptAt,
    created_at: delivery.createdAt,
    finished_at: delivery.finishedAt,
  };
}

export function deliveryDetailJson(detail: DeliveryDetail): z.infer<typeof WebhookDeliveryDetail> {
  return { ...deliveryJson(detail), attempts: detail.attempts.map(attemptJson), body: detail.body };
}
