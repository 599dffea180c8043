import type { Trace } from "../domain/enrichment/read-copies.ts";

/**
 * `Cache-Status` (RFC 9211): one member per level asked, the one nearest to the sources first, as the RFC
 * orders them. `detail=stale`: answered at once, being refreshed.
 */
export function cacheStatus(trail: Trace[], stale: boolean): string {
  const members = trail.map(({ level, hit }) => {
    if (!hit) return `${level}; fwd=miss`;
    return stale ? `${level}; hit; detail=stale` : `${level}; hit`;
  });
  return members.toReversed().join(", ");
}
