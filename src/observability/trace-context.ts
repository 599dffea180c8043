import type { RandomHex } from "../lib/random-hex.ts";
import type { TraceContext } from "./work.ts";

const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;
/** A longer `tracestate` may be dropped, and is. */
const STATE_LENGTH = 512;

/** Who called us and in which trace, as W3C Trace Context writes it; null when the header is missing or malformed. */
export function readTraceParent(header: string | null, state: string | null): TraceContext | null {
  const [, version, traceId, spanId, flags, rest] = FORM.exec(header ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (version === "ff" || (version === "00" && rest !== undefined)) return null;
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return null;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  const kept = state !== null && state.length <= STATE_LENGTH ? state : null;
  return { traceId, spanId, parentId: null, sampled, state: kept };
}

export function traceParent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** Of a new trace, or of ours within the caller's. */
export function newTraceContext(
  parent: TraceContext | null,
  sampled: boolean,
  ids: Pick<RandomHex, "take">,
): TraceContext {
  const spanId = ids.take(8);
  if (parent === null) return { traceId: ids.take(16), spanId, parentId: null, sampled, state: null };
  return { traceId: parent.traceId, spanId, parentId: parent.spanId, sampled, state: parent.state };
}

/**
 * Whether a trace is among the share that is kept: the same answer wherever it is asked. `salt`: 32 bits that nobody else
 * knows, so that who chooses a trace id does not choose the answer.
 */
export function isSampled(traceId: string, ratio: number, salt: number): boolean {
  return (Number.parseInt(traceId.slice(-8), 16) ^ salt) >>> 0 < ratio * 0x1_0000_0000;
}
