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
  seconds: amount,
  credits: amount,
  euros: amount,
});
export type ProviderCosts = z.infer<typeof ProviderCosts>;

const ANSWERED: readonly string[] = ["found", "not_found"];
/** Refused by ourselves before anything was asked. */
const NOT_ASKED: readonly string[] = [
  "not_configured",
  "linkedin_profile_required",
  "budget_reached",
] satisfies FailureReason[];

/** Calls that a provider was meant to answer, and those of them that it did not, by reason, the commonest first. */
export function callsOf({ statuses }: ProviderCosts): { calls: number; failures: [string, number][] } {
  const asked = Object.entries(statuses).filter(([status]) => !NOT_ASKED.includes(status));
  const failures = asked.filter(([status, count]) => count > 0 && !ANSWERED.includes(status));
  return {
    calls: asked.reduce((sum, [, count]) => sum + count, 0),
    failures: failures.sort(([, a], [, b]) => b - a),
  };
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

function routeSince(now: RouteCosts, before: RouteCosts | undefined): RouteCosts {
  const total = (costs: RouteCosts): number => costs.counts.reduce((sum, count) => sum + count, 0);
  // Buckets are of one series: when it began anew, so did all of it.
  if (before === undefined || total(now) < total(before)) return now;
  return {
    counts: now.counts.map((count, at) => added(count, before.counts[at])),
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
  // Counts within other bounds can't be compared.
  const sameBounds = now.bounds.join() === before.bounds.join();
  return {
    bounds: now.bounds,
    routes: eachSince(now.routes, sameBounds ? before.routes : {}, routeSince),
    statements: eachSince(now.statements, before.statements, addedOf),
    providers: eachSince(now.providers, before.providers, providerSince),
    companies: addedOf(now.companies, before.companies),
  };
}
