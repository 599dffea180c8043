import { type Acceptance, type Freshness, freshnessOf } from "./source-state.ts";
import type { SourceName } from "./source.ts";
import type { StoredCompany } from "./stored-company.ts";

export interface Need {
  sources: SourceName[];
  maxAgeMs: number | null;
}

/** How usable a copy is for a caller: as usable as its least usable source. */
export function freshnessFor(stored: StoredCompany | null, need: Need & Acceptance, now: number): Freshness {
  let worst: Freshness = "fresh";
  for (const source of need.sources) {
    const state = stored?.states.find((one) => one.source === source);
    if (state === undefined) return "expired";
    const freshness = freshnessOf(state, now, need);
    if (freshness === "expired") return "expired";
    if (freshness === "stale") worst = "stale";
  }
  return worst;
}
