/** Values of a label that are known beforehand; anything else is told as `other`. */
type Values = readonly string[];
/** Values that are not: at most so many are kept apart, the rest is told as `other`. */
export interface Open {
  readonly atMost: number;
}
type Labels = Readonly<Record<string, Values | Open>>;

interface Counter {
  readonly type: "counter";
  readonly help: string;
  readonly labels: Labels;
}
interface Histogram {
  readonly type: "histogram";
  readonly help: string;
  readonly labels: Labels;
  /** Upper bounds, ascending, without the infinite one. */
  readonly buckets: readonly number[];
  /** A counter with the same labels, which counts each observation: it is made when counts are handed over. */
  readonly counter?: string;
}
/**
 * `isolates`: the sum of what each isolate said last. `latest`: the greatest that was ever said. `scrape`: looked up
 * when somebody asks for the metrics.
 */
interface Gauge {
  readonly type: "gauge";
  readonly help: string;
  readonly labels: Labels;
  readonly from: "isolates" | "latest" | "scrape";
}
export type Metric = Counter | Histogram | Gauge;

export const NONE = {} as const;
/** For what a person waits for. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** For work that is done meanwhile. */
export const LONG_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 43_200] as const;
