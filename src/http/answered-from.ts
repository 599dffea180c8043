import type { Trace } from "../domain/enrichment/read-copies.ts";
import { metrics } from "../observability/metric-buffer.ts";
import { currentWork } from "../observability/work.ts";
import { cacheStatus } from "./cache-status.ts";

/** Invented companies are in no cache. */
const SYNTHETIC = "synthetic";

/**
 * The `Cache-Status` of an answer about a company; counts which levels had it and tells the log which one answered,
 * `sources` when none did.
 */
export function answeredFrom(trail: Trace[], stale: boolean): string {
  for (const { level: layer, hit } of trail) {
    if (layer === SYNTHETIC) continue;
    metrics.count(hit ? "cache_hits_total" : "cache_misses_total", { kind: "company", layer });
  }
  currentWork()?.add({ cache: trail.find(({ hit }) => hit)?.level ?? "sources" });
  return cacheStatus(trail, stale);
}
