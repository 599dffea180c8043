import type { PageFormat } from "./metric-page-format.ts";
import type { MetricSnapshot } from "./metric-totals.ts";
import type { Metric } from "./metric-types.ts";
import { METRICS } from "./metrics.ts";

const UNITS = ["seconds", "ratio", "euros", "dollars"];

type Labels = readonly (readonly [name: string, value: string])[];
interface Sample {
  suffix: string;
  labels: Labels;
  value: number;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

function line(name: string, { suffix, labels, value }: Sample): string {
  const pairs = labels.map(([label, text]) => `${label}="${escaped(text)}"`).join(",");
  return `${name}${suffix}${pairs === "" ? "" : `{${pairs}}`} ${numberText(value)}`;
}

/** As `le` has it in both formats, and as Prometheus 3 would rewrite it: 1 is `1.0`. */
function boundText(bound: number | undefined): string {
  if (bound === undefined) return "+Inf";
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function bucketSamples(
  { counts, sum }: { counts: readonly number[]; sum: number },
  bounds: readonly number[],
  labels: Labels,
): Sample[] {
  let running = 0;
  const buckets = counts.map((count, at) => {
    running += count;
    return { suffix: "_bucket", labels: [...labels, ["le", boundText(bounds[at])] as const], value: running };
  });
  return [...buckets, { suffix: "_sum", labels, value: sum }, { suffix: "_count", labels, value: running }];
}

type Samples = ReadonlyMap<string, Sample[]>;

function single(labels: Labels, value: number): Sample[] {
  return [{ suffix: "", labels, value }];
}

function samplesOf({ counters, histograms, gauges }: MetricSnapshot): Samples {
  const registered: Readonly<Record<string, Metric>> = METRICS;
  const found = new Map<string, Sample[]>();
  const put = (
    name: string,
    values: readonly string[],
    make: (metric: Metric, labels: Labels) => Sample[],
  ) => {
    const metric = registered[name];
    if (metric === undefined) return;
    const labels = Object.keys(metric.labels).map((label, at) => [label, values[at] ?? ""] as const);
    const samples = found.get(name) ?? [];
    samples.push(...make(metric, labels));
    found.set(name, samples);
  };
  for (const { name, values, by } of counters) put(name, values, (_, labels) => single(labels, by));
  for (const { name, values, value } of gauges) put(name, values, (_, labels) => single(labels, value));
  for (const one of histograms) {
    put(one.name, one.values, (metric, labels) =>
      metric.type === "histogram" ? bucketSamples(one, metric.buckets, labels) : [],
    );
  }
  return found;
}

/** What is said of a family before its samples. OpenMetrics names a counter's family without `_total`. */
function header(name: string, { type, help }: Metric, format: PageFormat): string[] {
  if (format === "prometheus") {
    const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    return [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`];
  }
  const family = type === "counter" ? name.replace(/_total$/, "") : name;
  const unit = UNITS.find((one) => family.endsWith(`_${one}`));
  return [
    `# TYPE ${family} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${family} ${unit}`]),
    `# HELP ${family} ${escaped(help)}`,
  ];
}

/** The page that Prometheus reads: every metric of the register, in its order, and whatever samples there are. */
export function writeMetricPage(snapshot: MetricSnapshot, format: PageFormat): string {
  const samples = samplesOf(snapshot);
  const lines = Object.entries(METRICS).flatMap(([name, metric]) => [
    ...header(name, metric, format),
    ...(samples.get(name) ?? []).map((sample) => line(name, sample)),
  ]);
  if (format === "openmetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}
