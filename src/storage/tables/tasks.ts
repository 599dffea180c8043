import { sql } from "drizzle-orm";
import {
  bigint,
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
} from "drizzle-orm/pg-core";
import { organisations } from "./accounts.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Long work: one company asked for asynchronously, or a file of them. */
export const tasks = pgTable(
  "tasks",
  {
    id: text("id").primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id),
    /** The task whose failed rows this one tries again. */
    parentId: text("parent_id"),
    type: text("type").notNull(),
    mode: text("mode").notNull(),
    status: text("status").notNull(),
    actorKind: text("actor_kind").notNull(),
    actorId: text("actor_id"),
    requestId: text("request_id"),
    sources: text("sources").array().notNull(),
    maxAgeMs: bigint("max_age_ms", { mode: "number" }),
    /** Data rows of the file: known before any work begins. */
    rows: integer("rows").notNull(),
    /** Of them, those to enrich: valid, and not the repetition of an earlier one. */
    distinctRows: integer("distinct_rows").notNull(),
    /** The R2 object with the rows that are not in `task_rows` yet; null: all are. */
    uploadKey: text("upload_key"),
    uploadBytes: bigint("upload_bytes", { mode: "number" }),
    /** How far the upload has been read, and how many rows, and rows to enrich, that made. */
    splitOffset: bigint("split_offset", { mode: "number" }).notNull().default(0),
    splitRows: integer("split_rows").notNull().default(0),
    splitDistinct: integer("split_distinct").notNull().default(0),
    /** Chunks 0 to this one, exclusive, have been sent to the queue. */
    dispatchedChunks: integer("dispatched_chunks").notNull().default(0),
    /** Recounted from the rows when the task ends. */
    counts: jsonb("counts"),
    /** Why the task as a whole failed. */
    failure: text("failure"),
    createdAt: moment("created_at").notNull(),
    startedAt: moment("started_at"),
    finishedAt: moment("finished_at"),
    cancelRequestedAt: moment("cancel_requested_at"),
    /** When the reaper last sent this task's messages again. */
    resentAt: moment("resent_at"),
  },
  (table) => [
    index("tasks_by_organisation").on(table.organisationId, table.id.desc()),
    index("tasks_open")
      .on(table.createdAt)
      .where(sql`${table.status} in ('queued', 'running') or ${table.uploadKey} is not null`),
    index("tasks_by_end").on(table.finishedAt),
    check(
      "tasks_status_known",
      sql`${table.status} in ('queued', 'running', 'completed', 'cancelled', 'failed')`,
    ),
    check("tasks_mode_known", sql`${table.mode} in ('live', 'test')`),
  ],
);

/** One line per data row of a task. `outcome` is written once: null means that the row is still open. */
export const taskRows = pgTable(
  "task_rows",
  {
    taskId: text("task_id").notNull(),
    /** From 1, in the order of the file. */
    rowNo: integer("row_no").notNull(),
    /** Of the file, header included, where the row begins. */
    line: integer("line").notNull(),
    /** As the file had it, cut to 64 characters. */
    input: text("input").notNull(),
    siren: text("siren"),
    /** Of rows to enrich: from 0. */
    chunk: integer("chunk"),
    outcome: text("outcome"),
    reason: text("reason"),
    attempts: smallint("attempts").notNull().default(0),
    /** An open row is not to be tried before. */
    retryAt: moment("retry_at"),
    endedAt: moment("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.taskId, table.rowNo] }),
    foreignKey({ columns: [table.taskId], foreignColumns: [tasks.id] }).onDelete("cascade"),
    index("task_rows_by_chunk")
      .on(table.taskId, table.chunk)
      .where(sql`${table.chunk} is not null`),
    index("task_rows_open")
      .on(table.taskId, table.chunk)
      .where(sql`${table.outcome} is null`),
    index("task_rows_by_outcome")
      .on(table.taskId, table.outcome, table.rowNo)
      .where(sql`${table.outcome} is not null`),
    index("task_rows_ended")
      .on(table.taskId, table.endedAt)
      .where(sql`${table.endedAt} is not null`),
    index("task_rows_waiting")
      .on(table.taskId, table.retryAt)
      .where(sql`${table.retryAt} is not null and ${table.outcome} is null`),
    check(
      "task_rows_outcome_known",
      sql`${table.outcome} in ('enriched', 'partial', 'not_found', 'invalid', 'duplicate', 'upstream_error', 'rate_limited', 'cancelled')`,
    ),
  ],
);

/** Messages that no consumer could finish with. */
export const deadLetters = pgTable(
  "dead_letters",
  {
    id: text("id").primaryKey(),
    /** The queue it came from; null when its body does not say. */
    queue: text("queue"),
    messageId: text("message_id").notNull().unique(),
    body: jsonb("body").notNull(),
    reason: text("reason").notNull(),
    status: text("status").notNull(),
    sentAt: moment("sent_at").notNull(),
    receivedAt: moment("received_at").notNull(),
    resolvedAt: moment("resolved_at"),
  },
  (table) => [
    index("dead_letters_by_status").on(table.status, table.id.desc()),
    check("dead_letters_status_known", sql`${table.status} in ('open', 'redriven', 'discarded')`),
  ],
);
