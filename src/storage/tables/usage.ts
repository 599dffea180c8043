import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { organisations } from "./accounts.ts";

/** One line per call of a paid source. Money in millionths of a euro: a credit costs less than a cent. */
export const ledgerEntries = pgTable(
  "ledger_entries",
  {
    id: text("id").primaryKey(),
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id),
    source: text("source").notNull(),
    siren: text("siren").notNull(),
    /** `presumed`: nobody heard how the call ended, it counts as made. */
    state: text("state").notNull(),
    reservedCredits: integer("reserved_credits").notNull(),
    reservedMicros: bigint("reserved_micros", { mode: "number" }).notNull(),
    credits: integer("credits"),
    micros: bigint("micros", { mode: "number" }),
    reservedAt: timestamp("reserved_at", { withTimezone: true }).notNull(),
    settledAt: timestamp("settled_at", { withTimezone: true }),
  },
  (table) => [
    index("ledger_entries_by_organisation").on(table.organisationId, table.reservedAt),
    index("ledger_entries_open")
      .on(table.reservedAt)
      .where(sql`${table.state} = 'reserved'`),
    check(
      "ledger_entries_state_known",
      sql`${table.state} in ('reserved', 'settled', 'released', 'presumed')`,
    ),
  ],
);

/** The sums that the budget is checked against, in the same statement as the entry itself. */
export const usageMonths = pgTable(
  "usage_months",
  {
    organisationId: text("organisation_id")
      .notNull()
      .references(() => organisations.id),
    month: date("month").notNull(),
    reservedMicros: bigint("reserved_micros", { mode: "number" }).notNull().default(0),
    spentMicros: bigint("spent_micros", { mode: "number" }).notNull().default(0),
    spentCredits: bigint("spent_credits", { mode: "number" }).notNull().default(0),
    calls: bigint("calls", { mode: "number" }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.organisationId, table.month] })],
);
