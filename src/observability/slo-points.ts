import { addTallies, type Tallies, type Tally } from "./slo-tallies.ts";
import { SLO_WINDOW_DAYS, SLOS } from "./slos.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Events are told apart by the span of time in which they were handed over. */
export const SPAN_MS = 5 * MINUTE;
const KEPT_APART_MS = 3 * DAY;
const KEPT_MS = SLO_WINDOW_DAYS * DAY;

/** Ascending: each contains those before it. */
export const SLO_WINDOWS = ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"] as const;
export type SloWindow = (typeof SLO_WINDOWS)[number];
export type SloTotals = Record<string, Record<SloWindow, Tally>>;

const WINDOW_MS: Record<SloWindow, number> = {
  "5m": 5 * MINUTE,
  "30m": 30 * MINUTE,
  "1h": HOUR,
  "2h": 2 * HOUR,
  "6h": 6 * HOUR,
  "1d": DAY,
  "3d": 3 * DAY,
  "30d": KEPT_MS,
};

export function floorTo(step: number, at: number): number {
  return at - (at % step);
}

/** A span that is to be stored; without tallies it is to be removed. */
export interface SpanChange {
  at: number;
  tallies: Tallies | null;
}

/** Events by span: of 5 minutes for 3 days, of an hour for 30; what is older is gone. */
export class SloPoints {
  readonly #spans: Map<number, Tallies>;
  readonly #changed = new Set<number>();
  #foldedAt = 0;

  constructor(stored: Iterable<readonly [number, Tallies]>) {
    this.#spans = new Map(stored);
  }

  add(tallies: Tallies, now: number): void {
    if (Object.keys(tallies).length > 0) this.#addTo(floorTo(SPAN_MS, now), tallies);
  }

  /** What is not stored yet, folded: to be stored all or nothing. Stays so until `stored` is called. */
  changes(now: number): SpanChange[] {
    this.#fold(now);
    return [...this.#changed].map((at) => ({ at, tallies: this.#spans.get(at) ?? null }));
  }

  stored(): void {
    this.#changed.clear();
  }

  /** Of the 5 minutes that began then. */
  span(at: number): Tallies {
    return this.#spans.get(at) ?? {};
  }

  /** The spans that each window touches: it reaches back to the beginning of one, whether or not they were folded. */
  totals(now: number): SloTotals {
    const froms = SLO_WINDOWS.map((window) => fromOf(window, now));
    const rings = SLO_WINDOWS.map((): Tallies => ({}));
    for (const [at, tallies] of this.#spans) {
      const ring = rings[froms.findIndex((from) => at >= from)];
      if (ring !== undefined) addTallies(ring, tallies);
    }
    const within: Tallies = {};
    const windows = rings.map((ring): Tallies => {
      addTallies(within, ring);
      return structuredClone(within);
    });
    return totalsOf((window) => windows[SLO_WINDOWS.indexOf(window)] ?? {});
  }

  #addTo(at: number, tallies: Tallies): void {
    let span = this.#spans.get(at);
    if (span === undefined) {
      span = {};
      this.#spans.set(at, span);
    }
    addTallies(span, tallies);
    this.#changed.add(at);
  }

  #fold(now: number): void {
    const hour = floorTo(HOUR, now);
    if (hour === this.#foldedAt) return;
    this.#foldedAt = hour;
    const oldest = fromOf("30d", now);
    for (const [at, tallies] of this.#spans) {
      const whole = floorTo(HOUR, at);
      if (at >= hour - KEPT_APART_MS || (at === whole && at >= oldest)) continue;
      this.#spans.delete(at);
      this.#changed.add(at);
      if (whole >= oldest) this.#addTo(whole, tallies);
    }
  }
}

function fromOf(window: SloWindow, now: number): number {
  const step = window === "30d" ? HOUR : SPAN_MS;
  return floorTo(step, now - WINDOW_MS[window]);
}

/** Every objective in every window, those without events too. */
function totalsOf(talliesIn: (window: SloWindow) => Tallies): SloTotals {
  const of = (id: string) => (window: SloWindow) =>
    [window, talliesIn(window)[id] ?? { good: 0, total: 0 }] as const;
  return Object.fromEntries(
    SLOS.map(({ id }) => [id, Object.fromEntries(SLO_WINDOWS.map(of(id))) as Record<SloWindow, Tally>]),
  );
}

/** Of several shards, each of which counted a part. */
export function addTotals(parts: readonly SloTotals[]): SloTotals {
  return totalsOf((window) => {
    const sums: Tallies = {};
    for (const part of parts) {
      for (const [id, windows] of Object.entries(part)) addTallies(sums, { [id]: windows[window] });
    }
    return sums;
  });
}
