import type { Metric } from "./metric-types.ts";
import { METRICS, type MetricName } from "./metrics.ts";

const OTHER = "other";

interface Rule {
  label: string;
  /** null: any, of which `atMost` are kept apart. */
  known: ReadonlySet<string> | null;
  atMost: number;
}

function rulesOf(metric: Metric): readonly Rule[] {
  return Object.entries(metric.labels).map(([label, allowed]) =>
    "atMost" in allowed
      ? { label, known: null, atMost: allowed.atMost }
      : { label, known: new Set(allowed), atMost: allowed.length },
  );
}

const RULES: ReadonlyMap<string, readonly Rule[]> = new Map(
  Object.entries(METRICS).map(([name, metric]) => [name, rulesOf(metric)]),
);
const NO_RULES: readonly Rule[] = [];

export function isMetricName(name: string): name is MetricName {
  return RULES.has(name);
}

/** What a series is known by; `values` in the order of the register. */
export function seriesKey(name: string, values: readonly string[]): string {
  let key = name;
  for (const value of values) key += `\u0000${value}`;
  return key;
}

/** The same, of what is said of each label. Runs for everything that is counted. */
export function keyOfLabels(name: MetricName, labels: Readonly<Record<string, string>>): string {
  let key: string = name;
  for (const { label } of RULES.get(name) ?? NO_RULES) key += `\u0000${labels[label] ?? OTHER}`;
  return key;
}

/** In the order of the register. */
export function valuesOfLabels(name: MetricName, labels: Readonly<Record<string, string>>): string[] {
  return (RULES.get(name) ?? NO_RULES).map(({ label }) => labels[label] ?? OTHER);
}

/** Keeps the number of series bounded, whatever is said of their labels. */
export class LabelValues {
  readonly #seen = new Map<string, Set<string>>();

  /** What the register does not know, or what is too many, is `other`. */
  bounded(name: MetricName, values: readonly string[]): string[] {
    return (RULES.get(name) ?? NO_RULES).map((rule, at) => {
      const value = values[at] ?? OTHER;
      if (rule.known !== null) return rule.known.has(value) ? value : OTHER;
      return this.#kept(`${name} ${rule.label}`, value, rule.atMost);
    });
  }

  /** What was seen of a metric's labels makes room; what stays has to be bounded anew. */
  forget(name: MetricName): void {
    for (const { label } of RULES.get(name) ?? NO_RULES) this.#seen.delete(`${name} ${label}`);
  }

  #kept(place: string, value: string, atMost: number): string {
    let seen = this.#seen.get(place);
    if (seen === undefined) {
      seen = new Set();
      this.#seen.set(place, seen);
    }
    if (seen.has(value)) return value;
    if (value === OTHER || seen.size >= atMost) return OTHER;
    seen.add(value);
    return value;
  }
}

/** Only what the register knows is told apart. */
export function withoutOpenLabels(name: MetricName, values: readonly string[]): string[] {
  return (RULES.get(name) ?? NO_RULES).map(({ known }, at) =>
    known === null ? OTHER : (values[at] ?? OTHER),
  );
}
