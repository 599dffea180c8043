import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { dashboardFiles } from "../../../local/monitoring/dashboards/dashboards.ts";
import type { Metric } from "../../../src/observability/metric-types.ts";
import { METRICS } from "../../../src/observability/metrics.ts";

const GRAFANA = "dashboards/grafana";
const RULES = "dashboards/rules";

const Target = z.object({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string(),
  datasource: z.object({ type: z.literal("prometheus"), uid: z.literal("${datasource}") }),
});
const Position = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });
const Row = z.object({ id: z.number(), type: z.literal("row"), title: z.string(), gridPos: Position });
const Panel = z.object({
  id: z.number(),
  type: z.enum(["timeseries", "stat", "bargauge", "heatmap", "table", "state-timeline"]),
  title: z.string().min(3),
  description: z.string().min(15),
  gridPos: Position,
  targets: z.array(Target).min(1),
  fieldConfig: z.object({
    defaults: z.object({
      unit: z.string().min(1),
      thresholds: z.object({ steps: z.array(z.object({ value: z.number().nullable() })).min(1) }),
    }),
  }),
});
const Dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.number().min(38),
  refresh: z.string(),
  tags: z.array(z.string()),
  links: z.array(z.object({ type: z.literal("dashboards"), tags: z.array(z.string()) })).min(1),
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), query: z.unknown() })),
  }),
  panels: z.array(z.union([Row, Panel])),
});
type Panel = z.infer<typeof Panel>;

const files = readdirSync(GRAFANA).map((name) => {
  const dashboard = Dashboard.parse(JSON.parse(readFileSync(path.join(GRAFANA, name), "utf8")));
  const panels = dashboard.panels.filter((one): one is Panel => one.type !== "row");
  return { name, dashboard, panels };
});
const ruleTexts = readdirSync(RULES).map((name) => readFileSync(path.join(RULES, name), "utf8"));

const RuleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({ record: z.string().optional(), labels: z.record(z.string(), z.string()).optional() }),
      ),
    }),
  ),
});

/** Labels of each series that a rule records; one that names none takes those of what it is made of. */
const recorded = new Map<string, Set<string>>();
for (const { record, labels = { slo: "", kind: "", route: "" } } of ruleTexts.flatMap((text) =>
  RuleFile.parse(parse(text)).groups.flatMap(({ rules }) => rules),
)) {
  if (record === undefined) continue;
  const known = recorded.get(record) ?? new Set<string>();
  for (const label of Object.keys(labels)) known.add(label);
  recorded.set(record, known);
}

const registered: Record<string, Metric> = METRICS;

/** The labels that a series has; null: there is no such series. */
function labelsOf(series: string): ReadonlySet<string> | null {
  const rule = recorded.get(series);
  if (rule !== undefined) return rule;
  const part = /^(.*)_(bucket|count|sum)$/.exec(series);
  const histogram = registered[part?.[1] ?? ""];
  if (part !== null && histogram?.type === "histogram")
    return new Set([...Object.keys(histogram.labels), ...(part[2] === "bucket" ? ["le"] : [])]);
  const metric = registered[series];
  return metric === undefined || metric.type === "histogram" ? null : new Set(Object.keys(metric.labels));
}

const NAME = "[a-zA-Z_:][\\w:]*";

/** Names of series in an expression: what is neither a function, a label, an operator nor text. */
function seriesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"/g, "")
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, " ")
    .replaceAll(/\bby \([^)]*\)/g, " ");
  const words = [...bare.matchAll(new RegExp(`${NAME}(?!\\w|:)(?!\\s*\\()`, "g"))].map(([word]) => word);
  return words.filter((word) => !["or", "and", "unless", "by"].includes(word));
}

/** Each series with the labels that are asked of it: those that select, and those that are summed by. */
function labelsAsked(expression: string): { series: string; label: string }[] {
  const selected = [...expression.matchAll(new RegExp(`(${NAME})\\{([^}]*)\\}`, "g"))].flatMap(
    ([, series = "", matchers = ""]) =>
      [...matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = ""]) => ({ series, label })),
  );
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\) (?=(.*))/g)].flatMap(
    ([, labels = "", rest = ""]) => {
      const [series = ""] = seriesIn(rest);
      return labels.split(", ").map((label) => ({ series, label }));
    },
  );
  return [...selected, ...grouped];
}

const queries = files.flatMap(({ dashboard, panels }) =>
  panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      place: `${dashboard.uid}: ${title}`,
      expression: expr,
      legend: legendFormat,
    })),
  ),
);

describe("what the committed dashboards are", () => {
  test("is what the builder makes of them", () => {
    const committed = readdirSync(GRAFANA).map((name) => [
      name,
      readFileSync(path.join(GRAFANA, name), "utf8"),
    ]);
    expect(Object.fromEntries(committed)).toEqual(dashboardFiles());
  });

  test("is six files, each named after its uid", () => {
    const names = [
      "ma-api",
      "ma-business",
      "ma-enrichment-cache",
      "ma-jobs-queues",
      "ma-security-audit",
      "ma-slo",
    ];
    expect(files.map(({ dashboard }) => dashboard.uid).sort()).toEqual(names);
    expect(files.map(({ name }) => name).sort()).toEqual(names.map((name) => `${name}.json`));
  });
});

describe.each(files)("$name", ({ dashboard, panels }) => {
  test("has 8 to 14 panels, whose titles and ids are their own", () => {
    expect(panels.length).toBeGreaterThanOrEqual(8);
    expect(panels.length).toBeLessThanOrEqual(14);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  test("fills the grid's 24 columns without a panel on another", () => {
    const taken = new Set<string>();
    for (const { gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`)).toBe(false);
          taken.add(`${x},${y}`);
        }
    }
    const height = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    expect(taken.size).toBe(24 * height);
  });

  test("asks the data source that is chosen, and links to the others", () => {
    expect(dashboard.templating.list[0]).toMatchObject({ name: "datasource", type: "datasource" });
    expect(dashboard.tags).toContain("ma");
    expect(dashboard.links.flatMap(({ tags }) => tags)).toEqual(["ma"]);
  });

  test("declares the variables that its queries use, and uses all it declares", () => {
    const used = JSON.stringify(panels).matchAll(/\$\{?([a-z]+)\}?/g);
    const declared = dashboard.templating.list.map(({ name }) => name);
    expect(new Set([...used].map(([, name]) => name))).toEqual(new Set(declared));
  });
});

describe("every query of a dashboard", () => {
  test("asks for series that the register has or a rule records", () => {
    const unknown = queries.flatMap(({ place, expression }) =>
      seriesIn(expression)
        .filter((series) => labelsOf(series) === null)
        .map((series) => `${place}: ${series}`),
    );
    expect(unknown).toEqual([]);
    expect(queries.filter(({ expression }) => seriesIn(expression).length === 0)).toEqual([]);
  });

  test("asks for labels that these series have", () => {
    const unknown = queries.flatMap(({ place, expression }) =>
      labelsAsked(expression)
        .filter(({ series, label }) => labelsOf(series)?.has(label) !== true)
        .map(({ series, label }) => `${place}: ${series}{${label}}`),
    );
    expect(unknown).toEqual([]);
  });

  test("names its lines by labels that are left", () => {
    const nameless = queries.filter(({ expression, legend }) => {
      const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].map(([, labels = ""]) =>
        labels.split(", "),
      );
      const [kept = [...(labelsOf(seriesIn(expression)[0] ?? "") ?? [])]] = grouped;
      return [...legend.matchAll(/\{\{(\w+)\}\}/g)].some(([, label = ""]) => !kept.includes(label));
    });
    expect(nameless).toEqual([]);
  });

  test("looks back by Grafana's interval, so that it is right at any zoom, or by a span that its panel names", () => {
    const spans = queries.flatMap(({ expression }) =>
      [...expression.matchAll(/\[([^\]]*)\]/g)].map(([, span]) => span),
    );
    expect(new Set(spans)).toEqual(new Set(["$__range", "$__rate_interval", "1d", "1h"]));
  });

  test("of a variable asks for a label that its series has", () => {
    const asked = files.flatMap(({ dashboard }) => dashboard.templating.list.slice(1));
    for (const { query } of asked) {
      const text = z.object({ query: z.string() }).parse(query).query;
      const [, series = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(text) ?? [];
      expect([text, labelsOf(series)?.has(label)]).toEqual([text, true]);
    }
    expect(asked.length).toBeGreaterThan(0);
  });
});

test("every metric of the register is shown on a dashboard or watched by a rule", () => {
  const seen = [...queries.map(({ expression }) => expression), ...ruleTexts].join("\n");
  const forgotten = Object.keys(METRICS).filter(
    (name) => !new RegExp(`\\b${name}(?:_bucket|_count|_sum)?\\b`).test(seen),
  );
  expect(forgotten).toEqual([]);
});
