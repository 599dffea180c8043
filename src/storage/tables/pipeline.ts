import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
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
const organisation = () =>
  text("organisation_id")
    .notNull()
    .references(() => organisations.id);

/** How far an organisation is with a company. */
export const pipelineStatuses = pgTable(
  "pipeline_statuses",
  {
    organisationId: organisation(),
    mode: text("mode").notNull(),
    siren: text("siren").notNull(),
    status: text("status").notNull(),
    changedByKind: text("changed_by_kind").notNull(),
    changedById: text("changed_by_id"),
    changedAt: moment("changed_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organisationId, table.mode, table.siren] }),
    index("pipeline_statuses_by_status").on(
      table.organisationId,
      table.mode,
      table.status,
      table.changedAt.desc(),
      table.siren,
    ),
    check("pipeline_statuses_mode_known", sql`${table.mode} in ('live', 'test')`),
  ],
);

/** What a member wrote about a company, for his organisation only. */
export const notes = pgTable(
  "notes",
  {
    id: text("id").primaryKey(),
    organisationId: organisation(),
    mode: text("mode").notNull(),
    siren: text("siren").notNull(),
    body: text("body").notNull(),
    authorKind: text("author_kind").notNull(),
    authorId: text("author_id"),
    createdAt: moment("created_at").notNull(),
    updatedAt: moment("updated_at").notNull(),
  },
  (table) => [
    index("notes_by_company").on(table.organisationId, table.mode, table.siren, table.id.desc()),
    check("notes_mode_known", sql`${table.mode} in ('live', 'test')`),
  ],
);

/** Companies that an organisation put together; `watched`: it wants to hear of their changes. */
export const lists = pgTable(
  "lists",
  {
    id: text("id").primaryKey(),
    organisationId: organisation(),
    mode: text("mode").notNull(),
    name: text("name").notNull(),
    description: text("description"),
    watched: boolean("watched").notNull().default(false),
    /** When a night last came to the watched lists of its organisation. */
    refreshedAt: moment("refreshed_at"),
    createdByKind: text("created_by_kind").notNull(),
    createdById: text("created_by_id"),
    createdAt: moment("created_at").notNull(),
    updatedAt: moment("updated_at").notNull(),
  },
  (table) => [
    uniqueIndex("lists_by_name").on(table.organisationId, table.mode, sql`lower(${table.name})`),
    index("lists_by_organisation").on(table.organisationId, table.mode, table.id.desc()),
    index("lists_watched")
      .on(table.organisationId, table.mode)
      .where(sql`${table.watched}`),
    check("lists_mode_known", sql`${table.mode} in ('live', 'test')`),
  ],
);

export const listCompanies = pgTable(
  "list_companies",
  {
    listId: text("list_id").notNull(),
    siren: text("siren").notNull(),
    addedAt: moment("added_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.listId, table.siren] }),
    foreignKey({ columns: [table.listId], foreignColumns: [lists.id] }).onDelete("cascade"),
    index("list_companies_by_siren").on(table.siren),
  ],
);

/** What a watched company was when it was last compared, as a point in its snapshots. */
export const watchedCompanies = pgTable(
  "watched_companies",
  {
    organisationId: organisation(),
    mode: text("mode").notNull(),
    siren: text("siren").notNull(),
    /** Of the snapshot; null: the company was not stored yet. */
    seenAt: timestamp("seen_at", { withTimezone: true }),
    seenHash: text("seen_hash"),
    seenScore: smallint("seen_score"),
    since: moment("since").notNull(),
    /** When a night last had the sources asked about it, whatever they answered. */
    refreshedAt: moment("refreshed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.organisationId, table.mode, table.siren] }),
    index("watched_companies_by_siren").on(table.siren),
    check("watched_companies_mode_known", sql`${table.mode} in ('live', 'test')`),
  ],
);

/** One per watched company and comparison that found something. */
export const companyChanges = pgTable(
  "company_changes",
  {
    id: text("id").primaryKey(),
    organisationId: organisation(),
    mode: text("mode").notNull(),
    siren: text("siren").notNull(),
    at: moment("at").notNull(),
    /** Of each field: its path, and its value before and after. */
    changes: jsonb("changes").notNull(),
    scoreBefore: smallint("score_before"),
    scoreAfter: smallint("score_after"),
  },
  (table) => [
    index("company_changes_by_organisation").on(table.organisationId, table.mode, table.id.desc()),
    index("company_changes_by_company").on(table.organisationId, table.mode, table.siren, table.id.desc()),
    index("company_changes_by_time").on(table.at),
    check("company_changes_mode_known", sql`${table.mode} in ('live', 'test')`),
  ],
);
