import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { organisations } from "./accounts.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Where an organisation wants to be told. Secrets are sealed with the keyring. */
export const webhookEndpoints = pgTable(
  "webhook_endpoints",
  {
    id: text("id").primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id),
    /** Of the credentials that made it: test endpoints hear of test tasks, and of nothing else. */
    mode: text("mode").notNull(),
    url: text("url").notNull(),
    description: text("description"),
    events: text("events").array().notNull(),
    status: text("status").notNull(),
    disabledReason: text("disabled_reason"),
    secret: text("secret").notNull(),
    /** Signs too until `previous_secret_until`. */
    previousSecret: text("previous_secret"),
    previousSecretUntil: moment("previous_secret_until"),
    /** The operation that last replaced the secret, when it had an id. */
    rotation: text("rotation"),
    /** The first of a row of failures with no success and no long pause between them. */
    failingSince: moment("failing_since"),
    lastFailureAt: moment("last_failure_at"),
    createdAt: moment("created_at").notNull(),
    updatedAt: moment("updated_at").notNull(),
  },
  (table) => [
    index("webhook_endpoints_by_organisation").on(table.organisationId, table.mode, table.id),
    check("webhook_endpoints_mode_known", sql`${table.mode} in ('live', 'test')`),
    check("webhook_endpoints_status_known", sql`${table.status} in ('active', 'disabled')`),
  ],
);

/** What happened; `id` is the `webhook-id` of every delivery and attempt. */
export const webhookEvents = pgTable(
  "webhook_events",
  {
    id: text("id").primaryKey(),
    organisationId: text("organisation_id").notNull(),
    type: text("type").notNull(),
    /** The exact body that is signed and sent. */
    body: text("body").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("webhook_events_by_time").on(table.createdAt)],
);

/** One event to one endpoint. `manual`: a replay or a test, of which there may be several. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    id: text("id").primaryKey(),
    eventId: text("event_id").notNull(),
    endpointId: text("endpoint_id").notNull(),
    origin: text("origin").notNull(),
    status: text("status").notNull(),
    attempts: smallint("attempts").notNull().default(0),
    nextAttemptAt: moment("next_attempt_at"),
    /** Until when one consumer has it. */
    leasedUntil: moment("leased_until"),
    createdAt: moment("created_at").notNull(),
    finishedAt: moment("finished_at"),
  },
  (table) => [
    foreignKey({ columns: [table.eventId], foreignColumns: [webhookEvents.id] }).onDelete("cascade"),
    foreignKey({ columns: [table.endpointId], foreignColumns: [webhookEndpoints.id] }).onDelete("cascade"),
    uniqueIndex("webhook_deliveries_once")
      .on(table.eventId, table.endpointId)
      .where(sql`${table.origin} = 'event'`),
    // The cascade from events, also of replays.
    index("webhook_deliveries_by_event").on(table.eventId),
    index("webhook_deliveries_by_endpoint").on(table.endpointId, table.createdAt.desc(), table.id.desc()),
    index("webhook_deliveries_due")
      .on(table.endpointId, table.nextAttemptAt)
      .where(sql`${table.status} = 'pending'`),
    // How many an endpoint has under way.
    index("webhook_deliveries_leased")
      .on(table.endpointId, table.leasedUntil)
      .where(sql`${table.status} = 'pending' and ${table.leasedUntil} is not null`),
    check("webhook_deliveries_origin_known", sql`${table.origin} in ('event', 'replay', 'test')`),
    check("webhook_deliveries_status_known", sql`${table.status} in ('pending', 'delivered', 'failed')`),
  ],
);

export const webhookAttempts = pgTable(
  "webhook_attempts",
  {
    deliveryId: text("delivery_id").notNull(),
    attempt: smallint("attempt").notNull(),
    at: moment("at").notNull(),
    durationMs: integer("duration_ms").notNull(),
    /** Of the answer; null when there was none, then `error` says why. */
    responseStatus: smallint("response_status"),
    error: text("error"),
  },
  (table) => [
    primaryKey({ columns: [table.deliveryId, table.attempt] }),
    foreignKey({ columns: [table.deliveryId], foreignColumns: [webhookDeliveries.id] }).onDelete("cascade"),
  ],
);

/** What others told us, kept until it is processed. */
export const inboundEvents = pgTable(
  "inbound_events",
  {
    id: text("id").primaryKey(),
    channel: text("channel").notNull(),
    /** The sender's own id of the event, or a digest of its body: a repetition is the same event. */
    dedupeKey: text("dedupe_key").notNull(),
    body: jsonb("body").notNull(),
    sirens: text("sirens").array().notNull(),
    status: text("status").notNull(),
    error: text("error"),
    receivedAt: moment("received_at").notNull(),
    processedAt: moment("processed_at"),
  },
  (table) => [
    uniqueIndex("inbound_events_once").on(table.channel, table.dedupeKey),
    index("inbound_events_open")
      .on(table.receivedAt)
      .where(sql`${table.status} = 'received'`),
    check("inbound_events_status_known", sql`${table.status} in ('received', 'processed', 'failed')`),
  ],
);
