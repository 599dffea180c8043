import { z } from "zod";
import type { FailureReason } from "../enrichment/failure-reason.ts";

const amount = z.number().nonnegative();

const RouteCosts = z.object({
  /** Answers by how long they took: one more than there are bounds, not cumulated. */
  counts: z.array(amount),
  seconds: amount,
  /** Answered with a 5xx. */
  errors: amount,
  /** Requests to this address, by whatever method, that ran one statement more than three times. */
  repeated: amount,
});
export type RouteCosts = z.infer<typeof RouteCosts>;

const StatementCosts = z.object({ calls: amount, seconds: amount });

const ProviderCosts = z.object({
  /** Answers by what came of them: found, not_found, or why there was none. */
  statuses: z.record(z.string(), amount),
  /** Those that something left for; what a gate held back is among the statuses only. */
  calls: amount,
  seconds: amount,
  credits: amount,
  euros: amount,
});
export type ProviderCosts = z.infer<typeof ProviderCosts>;

const ANSWERED: readonly string[] = ["found", "not_found"];
/** Refused by ourselves before anything was asked. */
const NOT_ASKED: readonly string[] = [
  "circuit_open",
  "not_configured",
  "linkedin_profile_required",
  "budget_reached",
] satisfies FailureReason[];

/**
 * Calls that a provider did not answer, and the commonest reason; null: it answered all. `busy` is also said by our own
 * gate, before a call: no more failed than went out.
 */
export function failuresOf({ statuses, calls }: ProviderCosts): {
  failures: number;
  mainReason: string | null;
} {
  const failed = Object.entries(statuses)
    .filter(([status, count]) => count > 0 && ![...ANSWERED, ...NOT_ASKED].includes(status))
    .sort(([, a], [, b]) => b - a);
  const answered = ANSWERED.reduce((sum, status) => sum + (statuses[status] ?? 0), 0);
  const all = failed.reduce((sum, [, count]) => sum + count, 0);
  const failures = Math.min(all, Math.max(0, calls - answered));
  return { failures, mainReason: failures > 0 ? (failed[0]?.[0] ?? null) : null };
}

/** What was spent on answering, since counting began or within a span of time. */
export const CostTotals = z.object({
  /** Of the routes' `counts`: upper bounds in seconds, ascending, without the infinite one. */
  bounds: z.array(z.number()),
  /** By method and route as registered: `GET /api/v2/companies/{siren}`. */
  routes: z.record(z.string(), RouteCosts),
  statements: z.record(z.string(), StatementCosts),
  providers: z.record(z.string(), ProviderCosts),
  /** Reads of companies, and how many of them a cache answered. */
  companies: z.object({ reads: amount, hits: amount }),
});
export type CostTotals = z.infer<typeof CostTotals>;

/** What was added; a count that went down began anew meanwhile. */
function added(now: number, before: number | undefined): number {
  return before === undefined || now < before ? now : now - before;
}

function addedOf<Key extends string>(
  now: Record<Key, number>,
  before: Partial<Record<Key, number>> | undefined,
): Record<Key, number> {
  const entries = Object.entries<number>(now).map(([key, value]) => [
    key,
    added(value, before?.[key as Key]),
  ]);
  return Object.fromEntries(entries) as Record<Key, number>;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** As many as `total`, spread as these are: exact in sum. */
function spreadAs(counts: readonly number[], total: number): number[] {
  const share = total / Math.max(1, sum(counts));
  const upTo = (end: number): number => Math.round(sum(counts.slice(0, end)) * share);
  return counts.map((_, at) => upTo(at + 1) - upTo(at));
}

/** Counts within other bounds can't be subtracted one by one: what came to them is then spread as all of them are. */
function routeSince(sameBounds: boolean, now: RouteCosts, before: RouteCosts | undefined): RouteCosts {
  // Buckets are of one series: when it began anew, so did all of it.
  if (before === undefined || sum(now.counts) < sum(before.counts)) return now;
  return {
    counts: sameBounds
      ? now.counts.map((count, at) => added(count, before.counts[at]))
      : spreadAs(now.counts, sum(now.counts) - sum(before.counts)),
    seconds: added(now.seconds, before.seconds),
    errors: added(now.errors, before.errors),
    repeated: added(now.repeated, before.repeated),
  };
}

function providerSince(now: ProviderCosts, before: ProviderCosts | undefined): ProviderCosts {
  const { statuses, ...sums } = now;
  const { statuses: statusesBefore, ...sumsBefore } = before ?? {};
  return { ...addedOf(sums, sumsBefore), statuses: addedOf(statuses, statusesBefore) };
}

function eachSince<Costs>(
  now: Record<string, Costs>,
  before: Record<string, Costs>,
  since: (now: Costs, before: Costs | undefined) => Costs,
): Record<string, Costs> {
  return Object.fromEntries(Object.entries(now).map(([name, costs]) => [name, since(costs, before[name])]));
}

/** What was spent between two readings of the totals; `before` null: since counting began. */
export function costsSince(now: CostTotals, before: CostTotals | null): CostTotals {
  if (before === null) return now;
  const sameBounds = now.bounds.join() === before.bounds.join();
  return {
    bounds: now.bounds,
    routes: eachSince(now.routes, before.routes, (after, earlier) => routeSince(sameBounds, after, earlier)),
    statements: eachSince(now.statements, before.statements, addedOf),
    providers: eachSince(now.providers, before.providers, providerSince),
    companies: addedOf(now.companies, before.companies),
  };
}
