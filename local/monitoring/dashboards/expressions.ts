import type { MetricName, Metrics, NameOf } from "../../../src/observability/metrics.ts";
import { series } from "../promql.ts";

type LabelOf<Name extends MetricName> = keyof Metrics[Name]["labels"] & string;
type Where<Name extends MetricName> = NonNullable<Parameters<typeof series<Name>>[1]>;

interface Options<Name extends MetricName> {
  where?: Where<Name>;
  by?: readonly LabelOf<Name>[];
  /** `5m`, or a variable of Grafana's. */
  span?: string;
}

/** Of four scrapes at least, whatever the time that is looked at. */
const SPAN = "$__rate_interval";
/** The time that the dashboard shows. */
const SHOWN = "$__range";

function aggregated(operator: string, labels: readonly string[], inner: string): string {
  return labels.length === 0 ? `${operator}(${inner})` : `${operator} by (${labels.join(", ")}) (${inner})`;
}

/** How often something happens a second. */
export function rate<Name extends NameOf<"counter">>(name: Name, options: Options<Name> = {}): string {
  const { where, by = [], span = SPAN } = options;
  return aggregated("sum", by, `rate(${series(name, where)}[${span}])`);
}

/** How often it happened in the time that the dashboard shows. */
export function increase<Name extends NameOf<"counter">>(name: Name, options: Options<Name> = {}): string {
  const { where, by = [], span = SHOWN } = options;
  return aggregated("sum", by, `increase(${series(name, where)}[${span}])`);
}

/** One of the series that a histogram is made of. */
function part<Name extends NameOf<"histogram">>(
  name: Name,
  suffix: "bucket" | "sum" | "count",
  where: Where<Name> | undefined,
): string {
  return series(name, where).replace(name, `${name}_${suffix}`);
}

/** The value that a share of the observations does not exceed. */
export function quantile<Name extends NameOf<"histogram">>(
  share: number,
  name: Name,
  { where, by = [], span = SPAN }: Options<Name> = {},
): string {
  const buckets = `rate(${part(name, "bucket", where)}[${span}])`;
  return `histogram_quantile(${share}, ${aggregated("sum", ["le", ...by], buckets)})`;
}

/** The mean of the observations. */
export function mean<Name extends NameOf<"histogram">>(
  name: Name,
  { where, by = [], span = SPAN }: Options<Name> = {},
): string {
  const rateOf = (suffix: "sum" | "count"): string =>
    aggregated("sum", by, `rate(${part(name, suffix, where)}[${span}])`);
  return share(rateOf("sum"), rateOf("count"));
}

/** Observations by bucket, for a heatmap. */
export function buckets<Name extends NameOf<"histogram">>(name: Name, { where }: Options<Name> = {}): string {
  return aggregated("sum", ["le"], `increase(${part(name, "bucket", where)}[${SPAN}])`);
}

export function gauge<Name extends NameOf<"gauge">>(
  operator: "sum" | "max" | "min",
  name: Name,
  { where, by = [] }: Omit<Options<Name>, "span"> = {},
): string {
  return aggregated(operator, by, series(name, where));
}

/** A part of a whole, nothing where there is no whole. */
export function share(part: string, whole: string): string {
  return `${part} / (${whole} > 0)`;
}

/** Zero where there is no such series yet. */
export function orZero(expression: string): string {
  return `(${expression}) or vector(0)`;
}

/** For a variable: the values that a label has. */
export function labelValues<Name extends MetricName>(name: Name, label: LabelOf<Name>): string {
  return `label_values(${name}, ${label})`;
}
