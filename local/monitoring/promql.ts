import type { LabelsOf, MetricName } from "../../src/observability/metrics.ts";

/** A value, or a matcher that is not `=`. */
type Match = string | { re: string } | { not: string } | { notRe: string };
/** Several must all hold. */
type Wanted = Match | readonly Match[];
type Matches = Readonly<Record<string, Wanted>>;

/** A series of the register by its name and labels. */
export function series<Name extends MetricName>(
  name: Name,
  labels: Partial<Record<keyof LabelsOf<Name>, Wanted>> = {},
): string {
  return select(name, labels as Matches);
}

/** Any series: names that are not known beforehand, and those that rules record. */
export function select(name: string, labels: Matches): string {
  const matchers = Object.entries(labels).flatMap(([label, wanted]) =>
    [wanted].flat().map((match: Match) => `${label}${matcher(match)}`),
  );
  return matchers.length === 0 ? name : `${name}{${matchers.join(", ")}}`;
}

function matcher(match: Match): string {
  if (typeof match === "string") return `=${quoted(match)}`;
  if ("re" in match) return `=~${quoted(match.re)}`;
  return "not" in match ? `!=${quoted(match.not)}` : `!~${quoted(match.notRe)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/**
 * A bucket's bound as a label. Whole numbers end in `.0` in OpenMetrics and not in Prometheus' own text: either is
 * understood.
 */
export function bucketBound(bound: number): Match {
  return Number.isInteger(bound) ? { re: `${bound}([.]0)?` } : String(bound);
}
