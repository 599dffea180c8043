import { BATCH_REACH } from "../enrichment/call-source.ts";
import { placesIn, type RateLimit } from "../enrichment/gate.ts";
import type { SourceName } from "../enrichment/source.ts";

/** How often a source is still to be asked. */
export interface PlannedCalls {
  source: SourceName;
  calls: number;
}

/**
 * Whole seconds that the slowest source needs for its calls, at the rate it has for batches; at least 1. A lower bound where
 * other work asks the same sources.
 */
export function estimateSeconds(planned: PlannedCalls[], limits: Record<SourceName, RateLimit[]>): number {
  const times = planned.flatMap(({ source, calls }) =>
    limits[source].map((limit) => (calls * limit.window_ms) / placesIn(limit, BATCH_REACH.share) / 1_000),
  );
  return Math.max(1, ...times.map(Math.ceil));
}
