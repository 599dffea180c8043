import { sql } from "drizzle-orm";
import { bigint, check, index, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { organisations } from "./accounts.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** A file made of companies, or a table elsewhere filled with them. */
export const companyExports = pgTable(
  "exports",
  {
    id: text("id").primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id),
    mode: text("mode").notNull(),
    actorKind: text("actor_kind").notNull(),
    actorId: text("actor_id"),
    requestId: text("request_id"),
    format: text("format").notNull(),
    /** Which companies: a filter, a task or a list. */
    selection: jsonb("selection").notNull(),
    columns: text("columns").array().notNull(),
    /** Of the format: delimiter, byte order mark, base and table. */
    options: jsonb("options").notNull(),
    /** Sealed; of the service that is filled, and gone when the export has ended. */
    secret: text("secret"),
    /** The same for exports that would make the same file. */
    fingerprint: text("fingerprint").notNull(),
    status: text("status").notNull(),
    estimatedRows: integer("estimated_rows"),
    /** Companies written so far: as of the last step that was saved. */
    rows: integer("rows").notNull().default(0),
    bytes: bigint("bytes", { mode: "number" }).notNull().default(0),
    /** SHA-256 of the whole file, hexadecimal. */
    digest: text("digest"),
    objectKey: text("object_key"),
    uploadId: text("upload_id"),
    /** Of the multipart upload: number and etag of each part. */
    parts: jsonb("parts").notNull().default([]),
    /** Steps done: a message for an earlier one is a repetition. */
    seq: integer("seq").notNull().default(0),
    /** The last company that the steps so far have written. */
    lastKey: text("last_key"),
    /** The R2 object with the bytes that did not fill a part. */
    carryKey: text("carry_key"),
    /** What the format has to remember from one step to the next. */
    writer: jsonb("writer"),
    /** Of a service that is filled: records made, changed, refused. */
    counts: jsonb("counts"),
    leaseId: text("lease_id"),
    leasedUntil: moment("leased_until"),
    failure: text("failure"),
    createdAt: moment("created_at").notNull(),
    startedAt: moment("started_at"),
    finishedAt: moment("finished_at"),
    /** When its file is removed. */
    expiresAt: moment("expires_at"),
    cancelRequestedAt: moment("cancel_requested_at"),
    /** When the reaper last sent its message again. */
    resentAt: moment("resent_at"),
  },
  (table) => [
    index("exports_by_organisation").on(table.organisationId, table.id.desc()),
    index("exports_open")
      .on(table.createdAt)
      .where(sql`${table.status} in ('queued', 'running')`),
    index("exports_expiring")
      .on(table.expiresAt)
      .where(sql`${table.objectKey} is not null`),
    index("exports_by_fingerprint").on(table.organisationId, table.fingerprint, table.createdAt.desc()),
    check(
      "exports_status_known",
      sql`${table.status} in ('queued', 'running', 'completed', 'failed', 'cancelled', 'expired')`,
    ),
    check("exports_mode_known", sql`${table.mode} in ('live', 'test')`),
    check("exports_format_known", sql`${table.format} in ('csv', 'ndjson', 'xlsx', 'sql', 'airtable')`),
  ],
);
