import type { Metric } from "../src/observability/metric-types.ts";
import { METRICS } from "../src/observability/metrics.ts";
import { markdownTable } from "./markdown-table.ts";

const BEGIN = "<!-- table: begin, written by `npm run docs:metrics` -->";
const END = "<!-- table: end -->";

const HEAD = ["Metric", "What it says", "Type", "Labels"];
/** More values are counted, not listed. */
const MOST_LISTED = 8;

function labelText([label, allowed]: [string, Metric["labels"][string]]): string {
  if ("atMost" in allowed) return `\`${label}\` (at most ${allowed.atMost})`;
  if (allowed.length > MOST_LISTED) return `\`${label}\` (${allowed.length} values)`;
  return `\`${label}\`: ${allowed.join(", ")}`;
}

const FROM = { isolates: "sum over isolates", latest: "latest", scrape: "looked up" } as const;

function typeText(metric: Metric): string {
  if (metric.type === "gauge") return `gauge, ${FROM[metric.from]}`;
  if (metric.type === "counter") return "counter";
  return `histogram: ${metric.buckets.join(", ")}`;
}

function cells([name, metric]: [string, Metric]): string[] {
  const labels = Object.entries(metric.labels).map(labelText).join("; ");
  return [`\`${name}\``, metric.help, typeText(metric), labels];
}

/** docs/metrics.md with the table that the register makes. Throws when the page has no place for it. */
export function withMetricTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error("docs/metrics.md lacks the table's marks");
  const rows = Object.entries<Metric>(METRICS).map(cells);
  return `${before}${BEGIN}\n\n${markdownTable([HEAD, ...rows])}\n\n${END}${after}`;
}
