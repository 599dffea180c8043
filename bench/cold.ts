import { cacheLevel } from "./cache-level.ts";
import { enrichRequest } from "./hot-cases.ts";
import { encodeRequest, headerOf, runLoad } from "./http-load.ts";
import type { SandboxControl } from "./neighbours.ts";
import { cpuMicros } from "./process-cpu.ts";
import { percentile } from "./statistics.ts";
import type { WorkerdServer } from "./workerd-server.ts";

export interface EnrichPlace {
  api: WorkerdServer;
  apiKey: string;
  sandbox: SandboxControl;
  signal: AbortSignal;
}

export interface EnrichResult {
  requests: number;
  perSecond: number;
  p50: number;
  p99: number;
  /** Of the workerd process, KV, cache and Durable Object simulators included. */
  cpuPerRequest: number;
  /** CPU cores that this benchmark's own process used: load, sandbox and database bridge. */
  ownCores: number;
  /** Calls that the providers received. */
  calls: number;
  /** Answers by the level that gave them; `miss`: providers were asked. */
  levels: Map<string, number>;
}

/** Enriches the companies in this order with the free default sources, so many at a time. */
export async function enrichAll(
  place: EnrichPlace,
  sirens: readonly string[],
  concurrency: number,
): Promise<EnrichResult> {
  const levels = new Map<string, number>();
  const calls = await place.sandbox.calls();
  const before = cpuMicros(place.api.pid);
  const ownBefore = process.cpuUsage();
  const result = await runLoad({
    port: place.api.port,
    concurrency,
    requests: sirens.length,
    request: (index) => encodeRequest(enrichRequest(sirens[index] ?? "", place.apiKey)),
    check: (answer, index) => {
      if (answer.status !== 200) {
        throw new Error(
          `enriching ${sirens[index]}: ${answer.status} ${answer.body.toString().slice(0, 300)}`,
        );
      }
      const level = cacheLevel(headerOf(answer.head, "cache-status"));
      levels.set(level, (levels.get(level) ?? 0) + 1);
    },
    signal: place.signal,
  });
  const own = process.cpuUsage(ownBefore);
  return {
    requests: sirens.length,
    perSecond: (sirens.length / result.durationMs) * 1000,
    p50: percentile(result.latencies, 50),
    p99: percentile(result.latencies, 99),
    cpuPerRequest: (cpuMicros(place.api.pid) - before) / sirens.length,
    ownCores: (own.user + own.system) / 1000 / result.durationMs,
    calls: (await place.sandbox.calls()) - calls,
    levels,
  };
}

export function hitRatio({ requests, levels }: EnrichResult): number {
  return (requests - (levels.get("miss") ?? 0)) / requests;
}
