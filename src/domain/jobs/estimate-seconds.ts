import type { RateLimit } from "../enrichment/gate.ts";
import type { SourceName } from "../enrichment/source.ts";

/** How often a source is still to be asked. */
export interface PlannedCalls {
  source: SourceName;
  calls: number;
}

/**
 * Whole seconds that the slowest source needs for its calls, at the rate it allows; at least 1. A lower bound where
 * other work asks the same sources.
 */
export function estimateSeconds(planned: PlannedCalls[], limits: Record<SourceName, RateLimit[]>): number {
  const times = planned.flatMap(({ source, calls }) =>
    limits[source].map(({ limit, window_ms }) => (calls * window_ms) / limit / 1_000),
  );
  return Math.max(1, ...times.map(Math.ceil));
}
