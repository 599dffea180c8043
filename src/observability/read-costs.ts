import type { CostTotals, ProviderCosts, RouteCosts } from "../domain/operations/cost-totals.ts";
import { MONITORING_ROUTES } from "./monitoring-routes.ts";
import type { MetricSnapshot } from "./metric-totals.ts";
import { METRICS, type MetricName, type NameOf } from "./metrics.ts";

const SERVER_FAULT = /^5/;
const MONITORING = new RegExp(`^(?:${MONITORING_ROUTES})$`);

type Labels = Record<string, string>;

function labelsOf(name: MetricName, values: readonly string[]): Labels {
  return Object.fromEntries(Object.keys(METRICS[name].labels).map((label, at) => [label, values[at] ?? ""]));
}

/** Calls `take` with every series of a counter. */
function eachCounter(
  snapshots: readonly MetricSnapshot[],
  name: NameOf<"counter">,
  take: (labels: Labels, value: number) => void,
): void {
  for (const series of snapshots.flatMap(({ counters }) => counters))
    if (series.name === name) take(labelsOf(name, series.values), series.by);
}

function eachHistogram(
  snapshots: readonly MetricSnapshot[],
  name: NameOf<"histogram">,
  take: (labels: Labels, series: { counts: number[]; sum: number }) => void,
): void {
  for (const series of snapshots.flatMap(({ histograms }) => histograms))
    if (series.name === name) take(labelsOf(name, series.values), series);
}

function entry<Item>(items: Record<string, Item>, key: string, empty: () => Item): Item {
  return (items[key] ??= empty());
}

function routesOf(snapshots: readonly MetricSnapshot[]): Record<string, RouteCosts> {
  const routes: Record<string, RouteCosts> = {};
  const bounds = METRICS.http_request_duration_seconds.buckets;
  eachHistogram(
    snapshots,
    "http_request_duration_seconds",
    ({ method, endpoint = "", status = "" }, series) => {
      if (MONITORING.test(endpoint)) return;
      const route = entry(routes, `${method} ${endpoint}`, () => ({
        counts: Array.from({ length: bounds.length + 1 }, () => 0),
        seconds: 0,
        errors: 0,
        repeated: 0,
      }));
      route.counts = route.counts.map((count, at) => count + (series.counts[at] ?? 0));
      route.seconds += series.sum;
      if (SERVER_FAULT.test(status)) route.errors += series.counts.reduce((sum, count) => sum + count, 0);
    },
  );
  eachCounter(snapshots, "db_repeated_queries_total", ({ endpoint }, value) => {
    for (const [name, route] of Object.entries(routes))
      if (name.endsWith(` ${endpoint}`)) route.repeated += value;
  });
  return routes;
}

function statementsOf(snapshots: readonly MetricSnapshot[]): CostTotals["statements"] {
  const statements: CostTotals["statements"] = {};
  const statementOf = (name = "") => entry(statements, name, () => ({ calls: 0, seconds: 0 }));
  eachCounter(snapshots, "db_statement_calls_total", ({ statement }, value) => {
    statementOf(statement).calls += value;
  });
  eachCounter(snapshots, "db_statement_seconds_total", ({ statement }, value) => {
    statementOf(statement).seconds += value;
  });
  return statements;
}

function providersOf(snapshots: readonly MetricSnapshot[]): Record<string, ProviderCosts> {
  const providers: Record<string, ProviderCosts> = {};
  const providerOf = (name = "") =>
    entry<ProviderCosts>(providers, name, () => ({
      statuses: {},
      calls: 0,
      seconds: 0,
      credits: 0,
      euros: 0,
    }));
  eachCounter(snapshots, "ma_enrichment_requests_total", ({ source, status = "" }, value) => {
    const { statuses } = providerOf(source);
    statuses[status] = (statuses[status] ?? 0) + value;
  });
  eachHistogram(snapshots, "ma_enrichment_duration_seconds", ({ source }, series) => {
    const provider = providerOf(source);
    provider.calls += series.counts.reduce((sum, count) => sum + count, 0);
    provider.seconds += series.sum;
  });
  eachCounter(snapshots, "ma_api_credits_total", ({ provider }, value) => {
    providerOf(provider).credits += value;
  });
  eachCounter(snapshots, "ma_api_costs_euros_total", ({ provider }, value) => {
    providerOf(provider).euros += value;
  });
  return providers;
}

/** What no layer answered is a miss of the last one, Postgres; any other miss was asked again below. */
function companiesOf(snapshots: readonly MetricSnapshot[]): CostTotals["companies"] {
  const companies = { reads: 0, hits: 0 };
  eachCounter(snapshots, "cache_hits_total", ({ kind }, value) => {
    if (kind !== "company") return;
    companies.reads += value;
    companies.hits += value;
  });
  eachCounter(snapshots, "cache_misses_total", ({ kind, layer }, value) => {
    if (kind === "company" && layer === "postgres") companies.reads += value;
  });
  return companies;
}

/** What the shards of the metrics, summed, say of routes, statements, providers and the companies' caches. */
export function readCosts(snapshots: readonly MetricSnapshot[]): CostTotals {
  return {
    bounds: [...METRICS.http_request_duration_seconds.buckets],
    routes: routesOf(snapshots),
    statements: statementsOf(snapshots),
    providers: providersOf(snapshots),
    companies: companiesOf(snapshots),
  };
}
