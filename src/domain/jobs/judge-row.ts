import type { FailureReason } from "../enrichment/failure-reason.ts";
import type { SourceFault } from "../enrichment/ports.ts";
import type { SourceName } from "../enrichment/source.ts";
import { isKnown, type StoredCompany } from "../enrichment/stored-company.ts";
import type { RowEnd } from "./ports.ts";

/**
 * How a try of a row came out. `again`: worth another one; `last`: how it ends when there is none. `queued`: nothing
 * failed, its turn at a source has not come.
 */
export type RowVerdict =
  | { kind: "ended"; end: RowEnd }
  | { kind: "again"; last: RowEnd; retryAfterMs: number | null; queued: boolean };

/** What is over in minutes. Our keys, credits and budgets are not. */
const TRANSIENT = new Set<FailureReason>(["busy", "unavailable", "timeout", "malformed", "circuit_open"]);

function ended(outcome: RowEnd["outcome"], reason: string | null): RowVerdict {
  return { kind: "ended", end: { outcome, reason } };
}

/** Ours, not a source's: the row is as it was. */
export function untold(reason: string): RowVerdict {
  return { kind: "again", last: { outcome: "upstream_error", reason }, retryAfterMs: null, queued: false };
}

export function reasonOf(faults: { source: SourceName; reason: string }[]): string {
  return faults.map(({ source, reason }) => `${source}:${reason}`).join(",");
}

/** What a row of a company that no source could tell of ends as. */
export function outageEnd(faults: SourceFault[]): RowEnd {
  const busy = faults.some(({ reason }) => reason === "busy");
  return { outcome: busy ? "rate_limited" : "upstream_error", reason: reasonOf(faults) };
}

/**
 * A company that some source knows is enriched, or partial when a named source is silent or said a part only. One that
 * nobody knows is not found only if all were asked. A call that was billed for nothing ends the row: a failure leaves
 * nothing to remember, and another try would be billed again.
 */
export function judgeRow(stored: StoredCompany, sources: SourceName[], faults: SourceFault[]): RowVerdict {
  const again = faults.filter(({ reason }) => TRANSIENT.has(reason));
  const known = isKnown(stored);
  if (faults.length === 0 && !known) return ended("not_found", null);
  const incomplete = stored.states
    .filter(({ source, partial }) => partial && sources.includes(source))
    .map(({ source }) => ({ source, reason: "partial_answer" }));
  const missing = [...faults, ...incomplete];
  if (missing.length === 0) return ended("enriched", null);
  const last: RowEnd = known ? { outcome: "partial", reason: reasonOf(missing) } : outageEnd(faults);
  const billed = faults.some(({ credits = 0 }) => credits > 0);
  if (again.length === 0 || billed) return { kind: "ended", end: last };
  const waits = again.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const queued = again.every((fault) => fault.queued === true);
  return { kind: "again", last, retryAfterMs: waits.length === 0 ? null : Math.max(...waits), queued };
}
