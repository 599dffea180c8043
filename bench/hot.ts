import { type HotCase, isAsMeant } from "./hot-cases.ts";
import { runLoad } from "./http-load.ts";
import { cpuMicros } from "./process-cpu.ts";
import { median, percentile, type Range, rangeOf, sum } from "./statistics.ts";

const CONCURRENCY = 8;
/** Before each measured stretch: renews what lives five seconds, and wakes the process up. */
const WARM_UP_SHARE = 0.05;

export interface HotOptions {
  rounds: number;
  requests: number;
  signal: AbortSignal;
  onRound: (round: number) => void;
}

export interface HotRow {
  name: string;
  /** CPU µs of the workerd process per request, by round. */
  cpu: number[];
  p50: number;
  p99: number;
  perSecond: number;
  /** Share of the answers that came from the cache level that the case is about. */
  asMeant: number;
}

interface Stretch {
  cpuPerRequest: number;
  perSecond: number;
  latencies: number[];
  asMeant: number;
}

/** Measures every case in every round, forwards then backwards (ABBA), so that drift falls on all alike. */
export async function measureHot(cases: HotCase[], options: HotOptions): Promise<HotRow[]> {
  for (const one of cases) await measureStretch(one, options);
  const stretches = new Map<HotCase, Stretch[]>(cases.map((one) => [one, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const one of round % 2 === 0 ? cases : cases.toReversed()) {
      stretches.get(one)?.push(await measureStretch(one, options));
    }
    options.onRound(round + 1);
  }
  return [...stretches].map(([{ name }, own]) => summarise(name, own));
}

/** How many times the CPU of the other, within the same round. */
export function ratioTo(row: HotRow, other: HotRow): Range {
  return rangeOf(ratiosTo(row, other));
}

export function ratiosTo(row: HotRow, other: HotRow): number[] {
  return row.cpu.map((cpu, round) => cpu / (other.cpu[round] ?? Number.NaN));
}

async function measureStretch(one: HotCase, options: HotOptions): Promise<Stretch> {
  const { signal } = options;
  const requests = Math.ceil(options.requests * one.share);
  const request = await one.request(signal);
  const load = { port: one.server.port, concurrency: CONCURRENCY, request: () => request, signal };
  await runLoad({ ...load, requests: Math.ceil(requests * WARM_UP_SHARE), check: () => undefined });
  let asMeant = 0;
  const before = cpuMicros(one.server.pid);
  const result = await runLoad({
    ...load,
    requests,
    check: (answer) => {
      if (isAsMeant(answer, one)) asMeant += 1;
    },
  });
  return {
    cpuPerRequest: (cpuMicros(one.server.pid) - before) / requests,
    perSecond: (requests / result.durationMs) * 1000,
    latencies: result.latencies,
    asMeant: asMeant / requests,
  };
}

function summarise(name: string, own: Stretch[]): HotRow {
  const latencies = own.flatMap((stretch) => stretch.latencies);
  return {
    name,
    cpu: own.map((stretch) => stretch.cpuPerRequest),
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    perSecond: median(own.map((stretch) => stretch.perSecond)),
    asMeant: sum(own.map((stretch) => stretch.asMeant)) / own.length,
  };
}
