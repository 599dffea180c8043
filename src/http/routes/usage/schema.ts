import { z } from "@hono/zod-openapi";
import { SourceName } from "../../../domain/enrichment/source.ts";
import { eurosOf } from "../../../domain/usage/money.ts";
import { monthOf } from "../../../domain/usage/month.ts";
import { ENTRY_STATES, type LedgerEntry, type MonthUsage } from "../../../domain/usage/ports.ts";
import { nameInput } from "../../closed-object.ts";
import { RequestInvalid } from "../../request-invalid.ts";

const euros = (description: string) => z.number().openapi({ description, example: 1.26 });

export const MonthInput = z
  .string()
  .superRefine((text, context) => {
    if (/^20\d\d-(?:0[1-9]|1[0-2])$/.test(text)) return;
    context.addIssue({ code: "custom", message: "month", params: { fault: "usage.month_format" } });
  })
  .openapi({
    description: "Calendar month in UTC",
    pattern: "^20\\d\\d-(0[1-9]|1[0-2])$",
    example: "2026-11",
  });

export const EntryInput = z
  .string()
  .superRefine((text, context) => {
    if (/^led_[0-9a-z]{25}(?:-\d{1,3})?$/.test(text)) return;
    context.addIssue({ code: "custom", message: "cursor", params: { fault: "usage.cursor" } });
  })
  .openapi({ description: "`next_cursor` of the page before" });

export const StateInput = nameInput(ENTRY_STATES);

/** A month that has not begun has no usage: asking for one is a slip. */
export function ensureBegun(month: string, now: number): void {
  if (month <= monthOf(now)) return;
  const params = { fault: "usage.month_future" };
  throw new RequestInvalid(
    [{ code: "custom", path: ["month"], message: "future", params, input: month }],
    "query",
  );
}

export const Usage = z
  .object({
    month: z.string().openapi({ example: "2026-11" }),
    plan: z.enum(["free", "pro", "enterprise", "admin"]),
    budget_euros: z.number().nullable().openapi({ description: "As it is today; null: no limit" }),
    spent_euros: euros("What settled and presumed calls cost"),
    reserved_euros: euros("Held for calls under way"),
    left_euros: z.number().nullable().openapi({ description: "What may still be reserved; null: no limit" }),
    credits: z.int(),
    calls: z.int().openapi({ description: "Requests sent to paid sources, retries included" }),
    by_source: z.array(
      z.object({ source: SourceName, calls: z.int(), credits: z.int(), euros: euros("What they cost") }),
    ),
  })
  .openapi("Usage");

export function usageJson(month: string, usage: MonthUsage): z.input<typeof Usage> {
  const { plan, budgetMicros, spentMicros, reservedMicros, credits, calls } = usage;
  const left = budgetMicros === null ? null : Math.max(0, budgetMicros - spentMicros - reservedMicros);
  return {
    month,
    plan,
    budget_euros: budgetMicros === null ? null : eurosOf(budgetMicros),
    spent_euros: eurosOf(spentMicros),
    reserved_euros: eurosOf(reservedMicros),
    left_euros: left === null ? null : eurosOf(left),
    credits,
    calls,
    by_source: usage.bySource.map(({ micros, ...source }) => ({ ...source, euros: eurosOf(micros) })),
  };
}

export const UsageEntry = z
  .object({
    id: z.string().openapi({ example: "led_0mhx2k9f4k7m2q8r5t1v3w6y9z" }),
    source: SourceName,
    siren: z.string().openapi({ example: "552032534" }),
    state: z.enum(ENTRY_STATES).openapi({
      description:
        "`presumed`: nobody heard how the call ended, it counts as made, at the most it could cost",
    }),
    credits: z.int().nullable().openapi({ description: "null while it is reserved" }),
    euros: z.number().nullable().openapi({ description: "null while it is reserved" }),
    reserved_at: z.iso.datetime(),
    settled_at: z.iso.datetime().nullable(),
  })
  .openapi("UsageEntry");

export function entryJson(entry: LedgerEntry): z.input<typeof UsageEntry> {
  const { id, source, siren, state, credits, micros, reservedAt, settledAt } = entry;
  const euros = micros === null ? null : eurosOf(micros);
  return { id, source, siren, state, credits, euros, reserved_at: reservedAt, settled_at: settledAt };
}
