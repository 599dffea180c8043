import { bigint, bigserial, index, jsonb, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";

/** Written in the transaction of the act itself; the chain of its organisation takes it from here. */
export const auditOutbox = pgTable(
  "audit_outbox",
  {
    position: bigserial("position", { mode: "number" }).primaryKey(),
    id: text("id").notNull(),
    organisationId: text("organisation_id").notNull(),
    record: jsonb("record").notNull(),
  },
  (table) => [index("audit_outbox_by_organisation").on(table.organisationId, table.position)],
);

/** Hash-chained per organisation; partitioned by month of `at`. `organisation_id` is `system` for acts of nobody's. */
export const auditLogs = pgTable(
  "audit_logs",
  {
    organisationId: text("organisation_id").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull(),
    at: timestamp("at", { withTimezone: true, precision: 3 }).notNull(),
    id: text("id").notNull(),
    actorKind: text("actor_kind").notNull(),
    actorId: text("actor_id"),
    action: text("action").notNull(),
    resourceKind: text("resource_kind"),
    resourceId: text("resource_id"),
    outcome: text("outcome").notNull(),
    requestId: text("request_id"),
    details: jsonb("details").notNull(),
    /** Address and user agent can be erased without breaking the chain: it holds commitments to them only. */
    address: text("address"),
    userAgent: text("user_agent"),
    salt: text("salt"),
    addressCommitment: text("address_commitment"),
    userAgentCommitment: text("user_agent_commitment"),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organisationId, table.seq, table.at] }),
    index("audit_logs_by_action").on(table.organisationId, table.action, table.seq),
    index("audit_logs_by_actor").on(table.organisationId, table.actorId, table.seq),
    index("audit_logs_by_time").on(table.organisationId, table.at),
    index("audit_logs_recent").on(table.at),
  ],
);
