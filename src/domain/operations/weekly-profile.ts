import { z } from "zod";
import { type CostTotals, failuresOf, type ProviderCosts } from "./cost-totals.ts";
import { providerAdvice, queryAdvice, routeAdvice } from "./profile-advice.ts";

const MOST = 10;

const share = z.number().min(0);
/** A profile of a year ago may have codes that no rule gives any more. */
const Advice = z.object({ code: z.string(), text: z.string() });
const spent = { totalSeconds: z.number(), timeShare: share, meanMs: z.number(), advice: z.array(Advice) };

const RouteProfile = z.object({
  route: z.string(),
  requests: z.number(),
  p95Ms: z.number(),
  errorShare: share,
  ...spent,
});
const QueryProfile = z.object({
  statement: z.string(),
  /** How the statement begins; null when the isolate that wrote the profile had not run it. */
  text: z.string().nullable(),
  calls: z.number(),
  callsPerRequest: z.number(),
  ...spent,
});
const ProviderProfile = z.object({
  provider: z.string(),
  calls: z.number(),
  failures: z.number(),
  failureShare: share,
  credits: z.number(),
  euros: z.number(),
  euroShare: share,
  ...spent,
});

/** What cost most: ten of each at most, the costliest first. Shares are of everything, not of what is listed. */
export const WeeklyProfile = z.object({
  requests: z.number(),
  /** null: no company was read. */
  cacheRatio: z.number().nullable(),
  routes: z.array(RouteProfile),
  queries: z.array(QueryProfile),
  providers: z.array(ProviderProfile),
});
export type WeeklyProfile = z.infer<typeof WeeklyProfile>;

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/**
 * Below which so many of the observations lie, in the unit of the bounds: interpolated within its bucket, as Prometheus
 * does. The last bound when it lies beyond it; 0 without observations.
 */
export function quantileOf(quantile: number, counts: readonly number[], bounds: readonly number[]): number {
  const rank = quantile * sum([...counts]);
  let below = 0;
  for (const [at, upper] of bounds.entries()) {
    const count = counts[at] ?? 0;
    const lower = bounds[at - 1] ?? 0;
    if (count > 0 && below + count >= rank) return lower + ((upper - lower) * (rank - below)) / count;
    below += count;
  }
  return below === sum([...counts]) ? 0 : (bounds.at(-1) ?? 0);
}

function routesOf({ bounds, routes, providers }: CostTotals, cacheRatio: number | null) {
  const all = sum(Object.values(routes).map(({ seconds }) => seconds));
  const sources = providersOf(providers);
  return Object.entries(routes).map(([route, { counts, seconds, errors, repeated }]) => {
    const requests = sum(counts);
    const profile = {
      route,
      requests,
      p95Ms: quantileOf(0.95, counts, bounds) * 1_000,
      errorShare: ratio(errors, requests),
      totalSeconds: seconds,
      timeShare: ratio(seconds, all),
      meanMs: ratio(seconds, requests) * 1_000,
    };
    return { ...profile, advice: routeAdvice({ ...profile, errors, repeated }, { sources, cacheRatio }) };
  });
}

function queriesOf({ statements }: CostTotals, requests: number, textOf: (name: string) => string | null) {
  const all = sum(Object.values(statements).map(({ seconds }) => seconds));
  return Object.entries(statements).map(([statement, { calls, seconds }]) => {
    const profile = {
      statement,
      text: textOf(statement),
      calls,
      callsPerRequest: ratio(calls, requests),
      totalSeconds: seconds,
      timeShare: ratio(seconds, all),
      meanMs: ratio(seconds, calls) * 1_000,
    };
    return { ...profile, advice: queryAdvice(profile) };
  });
}

function providersOf(providers: Record<string, ProviderCosts>) {
  const time = sum(Object.values(providers).map(({ seconds }) => seconds));
  const money = sum(Object.values(providers).map(({ euros }) => euros));
  return Object.entries(providers).map(([provider, costs]) => {
    const { calls, seconds, credits, euros, statuses } = costs;
    const { failures, mainReason } = failuresOf(costs);
    const profile = {
      provider,
      calls,
      failures,
      failureShare: ratio(failures, calls),
      credits,
      euros,
      euroShare: ratio(euros, money),
      totalSeconds: seconds,
      timeShare: ratio(seconds, time),
      meanMs: ratio(seconds, calls) * 1_000,
    };
    return {
      ...profile,
      advice: providerAdvice(profile, { mainReason, found: statuses["found"] ?? 0 }),
    };
  });
}

/** The costliest first; what was not used at all is left out. */
function costliest<Item>(
  items: Item[],
  used: (item: Item) => number,
  costs: (item: Item) => number[],
): Item[] {
  const order = (a: Item, b: Item): number => {
    const other = costs(b);
    return costs(a).reduce((found, cost, at) => (found === 0 ? (other[at] ?? 0) - cost : found), 0);
  };
  return items
    .filter((item) => used(item) > 0)
    .sort(order)
    .slice(0, MOST);
}

/** `textOf`: how the statement of a name begins, null when it is not known here. */
export function weeklyProfile(costs: CostTotals, textOf: (name: string) => string | null): WeeklyProfile {
  const { reads, hits } = costs.companies;
  const cacheRatio = reads === 0 ? null : hits / reads;
  const routes = routesOf(costs, cacheRatio);
  const requests = sum(routes.map((route) => route.requests));
  const queries = queriesOf(costs, requests, textOf);
  return {
    requests,
    cacheRatio,
    routes: costliest(
      routes,
      (route) => route.requests,
      (route) => [route.totalSeconds],
    ),
    queries: costliest(
      queries,
      ({ calls }) => calls,
      ({ totalSeconds }) => [totalSeconds],
    ),
    providers: costliest(
      providersOf(costs.providers),
      ({ calls }) => calls,
      ({ euros, totalSeconds }) => [euros, totalSeconds],
    ),
  };
}

const DAY_MS = 86_400_000;

/** The Monday, in UTC, that a moment's week begins with, `YYYY-MM-DD`: profiles are named after the one they end on. */
export function mondayOf(now: number): string {
  const daysSinceMonday = (new Date(now).getUTCDay() + 6) % 7;
  return new Date(now - daysSinceMonday * DAY_MS).toISOString().slice(0, 10);
}
