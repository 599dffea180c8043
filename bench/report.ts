import { type EnrichResult, hitRatio } from "./cold.ts";
import { CASE } from "./hot-cases.ts";
import { type HotRow, ratiosTo, ratioTo } from "./hot.ts";
import { medianInterval, type Range, rangeOf } from "./statistics.ts";
import { type Column, formatTable } from "./table.ts";

const MAX_RATIO = 1.35;
const MAX_LIMITER_SHARE = 0.25;
const MAX_OBSERVED_SHARE = 0.1;
const MIN_HITS = 0.8;
const MIN_SAVED = 0.8;

const HOT_COLUMNS: Column[] = [
  { title: "Request", width: 35, side: "left" },
  { title: "CPU µs", width: 7, side: "right" },
  { title: "(range)", width: 11, side: "left" },
  { title: "Ratio", width: 6, side: "right" },
  { title: "(range)", width: 13, side: "left" },
  { title: "p50 ms", width: 7, side: "right" },
  { title: "p99 ms", width: 7, side: "right" },
  { title: "Req/s", width: 7, side: "right" },
];

export function hotReport(
  rows: HotRow[],
  { rounds, requests }: { rounds: number; requests: number },
): string {
  const baseline = find(rows, CASE.baseline);
  const company = find(rows, CASE.company);
  const ratio = ratioTo(company, baseline);
  const strict = ratioTo(company, find(rows, CASE.bare));
  const limited = ratioTo(company, find(rows, CASE.unlimited));
  const observed = ratioTo(company, find(rows, CASE.unobserved));
  const traced = ratioTo(find(rows, CASE.traced), find(rows, CASE.unobserved));
  const table = formatTable(
    HOT_COLUMNS,
    rows.map((row) => hotCells(row, baseline)),
  );
  return `CACHED REQUESTS: CPU of the workerd process per request
${rounds} interleaved rounds of ${whole(requests)} requests each (a fifth of that for POST) over 8 kept-alive connections.
CPU, ratio and requests a second are medians of the rounds; the ratio is to the baseline of the same round.

${table}

Target: a cached, authenticated GET costs at most ${MAX_RATIO} times the baseline.
Result: ${ratio.median.toFixed(2)} (rounds from ${spread(ratio, 2)}): ${verdict(ratio.median <= MAX_RATIO)}.
${percent(company.asMeant)} of these answers came from the isolate's memory. The baseline makes its JSON anew for each request,
as c.json does; next to a route that sends ready text, which does less than any API can, the ratio is
${strict.median.toFixed(2)} (${spread(strict, 2)}). Latencies are those of a client on the same machine.

Target: counting requests adds at most ${percent(MAX_LIMITER_SHARE)} of CPU to the cached GET.
Result: ${share(limited)}: ${verdict(limited.median <= 1 + MAX_LIMITER_SHARE)}.

Target: metrics, logs and errors add at most ${percent(MAX_OBSERVED_SHARE)} of CPU to the cached GET.
Result: ${share(observed)}: ${verdict(observed.median <= 1 + MAX_OBSERVED_SHARE)}.
With the default 1 % of requests traced as well, their spans sent to a collector: ${share(traced)}.`;
}

export function observedReport(
  rows: HotRow[],
  { rounds, requests }: { rounds: number; requests: number },
): string {
  const unobserved = find(rows, CASE.unobserved);
  const interval = (name: string): Range => medianInterval(ratiosTo(find(rows, name), unobserved));
  const observed = interval(CASE.company);
  const table = formatTable(
    HOT_COLUMNS,
    rows.map((row) => hotCells(row, unobserved)),
  );
  return `WHAT OBSERVING COSTS: CPU of the workerd process per cached GET
${rounds} rounds of ${whole(requests)} requests each, forwards then backwards; the ratio is to the unobserved API of the same round.

${table}

Target: metrics, logs and errors add at most ${percent(MAX_OBSERVED_SHARE)} of CPU to the cached GET.
Median of the ratios: ${confident(observed)}: ${verdict(observed.median <= 1 + MAX_OBSERVED_SHARE)}.
With the default 1 % of requests traced as well: ${confident(interval(CASE.traced))}.
Two processes that do the same, unobserved, differ by ${confident(interval(CASE.twin))}: so much is noise.`;
}

function hotCells(row: HotRow, baseline: HotRow): string[] {
  const cpu = rangeOf(row.cpu);
  const ratio = ratioTo(row, baseline);
  return [
    row.name,
    cpu.median.toFixed(0),
    `(${spread(cpu, 0)})`,
    ratio.median.toFixed(2),
    `(${spread(ratio, 2)})`,
    row.p50.toFixed(2),
    row.p99.toFixed(2),
    whole(row.perSecond),
  ];
}

const COLD_COLUMNS: Column[] = [
  { title: "At a time", width: 9, side: "right" },
  { title: "Companies", width: 9, side: "right" },
  { title: "Companies/s", width: 11, side: "right" },
  { title: "CPU µs/company", width: 14, side: "right" },
  { title: "p50 ms", width: 7, side: "right" },
  { title: "p99 ms", width: 7, side: "right" },
  { title: "Calls/company", width: 13, side: "right" },
  { title: "workerd, cores", width: 14, side: "right" },
  { title: "bench, cores", width: 12, side: "right" },
];

export function coldReport(
  results: { concurrency: number; result: EnrichResult }[],
  latencyMs: number,
): string {
  const rows = results.map(({ concurrency, result }) => [
    String(concurrency),
    whole(result.requests),
    whole(result.perSecond),
    whole(result.cpuPerRequest),
    result.p50.toFixed(0),
    result.p99.toFixed(0),
    (result.calls / result.requests).toFixed(2),
    ((result.cpuPerRequest * result.perSecond) / 1e6).toFixed(2),
    result.ownCores.toFixed(2),
  ]);
  return `COLD ENRICHMENTS: companies never seen before, default free sources, each provider answering in ${latencyMs} ms

${formatTable(COLD_COLUMNS, rows)}

workerd's CPU here includes the simulators of KV, the cache and Durable Object storage, which run in the same process.
The bench process (load, providers, database bridge) and Postgres share the machine with it, so companies/s is what
this one machine does with everything on it, not what the product can do.`;
}

export interface Reuse {
  again: EnrichResult;
  companiesAgain: number;
  replay: EnrichResult;
  companiesReplayed: number;
  /** What a company costs that nobody asked for before. */
  callsPerCompany: number;
}

const REUSE_COLUMNS: Column[] = [
  { title: "Requests", width: 21, side: "left" },
  { title: "Number", width: 7, side: "right" },
  { title: "Companies", width: 9, side: "right" },
  { title: "From a cache", width: 12, side: "right" },
  { title: "Calls", width: 6, side: "right" },
  { title: "Calls saved", width: 11, side: "right" },
  { title: "Req/s", width: 6, side: "right" },
];

export function reuseReport({
  again,
  companiesAgain,
  replay,
  companiesReplayed,
  callsPerCompany,
}: Reuse): string {
  const saved = (result: EnrichResult): number => 1 - result.calls / (result.requests * callsPerCompany);
  const cells = (name: string, result: EnrichResult, companies: number): string[] => [
    name,
    whole(result.requests),
    whole(companies),
    percent(hitRatio(result)),
    whole(result.calls),
    percent(saved(result)),
    whole(result.perSecond),
  ];
  const rows = [
    cells("the same SIRENs again", again, companiesAgain),
    cells("replay", replay, companiesReplayed),
  ];
  const hits = hitRatio(replay);
  return `REUSE: what the caches save

${formatTable(REUSE_COLUMNS, rows)}

The replay's answers came from: ${levels(replay)}.

Target for the replay: more than ${percent(MIN_HITS)} from a cache and at least ${percent(MIN_SAVED)} of the provider calls saved.
Result: ${percent(hits)} and ${percent(saved(replay))}: ${verdict(hits > MIN_HITS && saved(replay) >= MIN_SAVED)}.
The replay draws companies so that the nth most wanted is asked for 1/n times as often as the first (seeded). That is an
assumption about demand, and nothing expires during the run: real traffic will tell the real ratio.`;
}

function levels(result: EnrichResult): string {
  const sorted = [...result.levels].sort(([, one], [, other]) => other - one);
  return sorted
    .map(([level, count]) => `${level === "miss" ? "providers" : level} ${whole(count)}`)
    .join(", ");
}

function find(rows: HotRow[], name: string): HotRow {
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw new Error(`no row ${name}`);
  return row;
}

function spread({ low, high }: Range, digits: number): string {
  return `${low.toFixed(digits)}–${high.toFixed(digits)}`;
}

function verdict(isMet: boolean): string {
  return isMet ? "met" : "not met";
}

/** Of a ratio, what it is more than one. */
function added(ratio: number): string {
  return `${ratio < 1 ? "−" : "+"}${percent(Math.abs(ratio - 1))}`;
}

function share(ratio: Range): string {
  return `${added(ratio.median)} (rounds from ${added(ratio.low)} to ${added(ratio.high)})`;
}

function confident({ median, low, high }: Range): string {
  return `${added(median)} (95 %: ${added(low)} to ${added(high)})`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
