import { date, jsonb, pgTable, timestamp } from "drizzle-orm/pg-core";

/** What cost most in a week, and the counts that the next week's report starts from. */
export const weeklyProfiles = pgTable("weekly_profiles", {
  /** The Monday that the week ends before. */
  week: date("week", { mode: "string" }).primaryKey(),
  madeAt: timestamp("made_at", { withTimezone: true, precision: 3 }).notNull(),
  report: jsonb("report").notNull(),
  /** Totals at the time, by route, statement and provider. */
  totals: jsonb("totals").notNull(),
});
