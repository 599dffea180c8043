import type { Dashboard, Panel, Threshold, Variable } from "./panel.ts";

const SCHEMA_VERSION = 39;
const COLUMNS = 24;
/** In units of Grafana's grid. */
const HEIGHTS = { stat: 4, row: 1, other: 8 } as const;

const SOURCE = { type: "prometheus", uid: "${datasource}" } as const;
/** Of a table or a bar gauge: how things stand, not how they went. */
const INSTANT: readonly Panel["type"][] = ["table", "bargauge", "stat"];

interface GridPosition {
  x: number;
  y: number;
  w: number;
  h: number;
}

function heightOf({ type }: Panel): number {
  return type === "stat" ? HEIGHTS.stat : HEIGHTS.other;
}

function thresholdsJson(thresholds: readonly Threshold[]) {
  const steps = thresholds.map(({ from, color }, at) => ({ color, value: at === 0 ? null : from }));
  return { mode: "absolute", steps };
}

function mappingsJson(mappings: NonNullable<Panel["mappings"]>) {
  const options = Object.entries(mappings).map(([value, { text, color }], index) => [
    value,
    { text, color, index },
  ]);
  return [{ type: "value", options: Object.fromEntries(options) }];
}

function customOf({ type, stacked = false, thresholds }: Panel): object {
  if (type === "timeseries")
    return {
      drawStyle: "line",
      lineWidth: 1,
      fillOpacity: stacked ? 40 : 10,
      showPoints: "never",
      spanNulls: false,
      stacking: { mode: stacked ? "normal" : "none", group: "A" },
      thresholdsStyle: { mode: thresholds === undefined ? "off" : "line" },
    };
  if (type === "state-timeline") return { fillOpacity: 70, lineWidth: 0 };
  return {};
}

function optionsOf({ type, queries, unit }: Panel): object {
  const reduceOptions = { calcs: ["lastNotNull"], fields: "", values: false };
  if (type === "stat")
    return {
      reduceOptions,
      colorMode: "value",
      graphMode: "none",
      justifyMode: "auto",
      textMode: queries.some(({ legend }) => legend.includes("{{")) ? "value_and_name" : "value",
      orientation: "auto",
    };
  if (type === "bargauge") return { reduceOptions, displayMode: "gradient", orientation: "horizontal" };
  if (type === "heatmap")
    return {
      calculate: false,
      cellGap: 1,
      color: { mode: "scheme", scheme: "Oranges", steps: 64 },
      tooltip: { mode: "single", yHistogram: false },
      yAxis: { unit, axisPlacement: "left" },
      legend: { show: true },
    };
  if (type === "table") return { showHeader: true, cellHeight: "sm", footer: { show: false } };
  const legend = { displayMode: "list", placement: "bottom", showLegend: true };
  if (type === "state-timeline") return { mergeValues: true, showValue: "auto", rowHeight: 0.9, legend };
  return { legend, tooltip: { mode: "multi", sort: "desc" } };
}

/** One line a thing, one column a query. Grafana tells columns apart only where there are several. */
function tableTransformations({ queries }: Panel): object[] {
  const names = queries.map(({ legend }, at) => [
    queries.length === 1 ? "Value" : `Value #${refIdOf(at)}`,
    legend,
  ]);
  return [
    { id: "merge", options: {} },
    {
      id: "organize",
      options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(names) },
    },
  ];
}

function overridesOf({ columns = {} }: Panel): object[] {
  return Object.entries(columns).map(([name, unit]) => ({
    matcher: { id: "byName", options: name },
    properties: [{ id: "unit", value: unit }],
  }));
}

function refIdOf(at: number): string {
  return String.fromCharCode("A".charCodeAt(0) + at);
}

function panelJson(panel: Panel, id: number, gridPos: GridPosition): object {
  const { title, description, type, unit, queries, max } = panel;
  const instant = INSTANT.includes(type);
  return {
    id,
    type,
    title,
    description,
    datasource: SOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        ...(panel.negative === true ? {} : { min: 0 }),
        ...(max === undefined ? {} : { max }),
        color: { mode: type === "timeseries" ? "palette-classic" : "thresholds" },
        thresholds: thresholdsJson(panel.thresholds ?? [{ from: 0, color: "green" }]),
        mappings: panel.mappings === undefined ? [] : mappingsJson(panel.mappings),
        custom: customOf(panel),
      },
      overrides: overridesOf(panel),
    },
    options: optionsOf(panel),
    targets: queries.map(({ expression, legend }, at) => ({
      refId: refIdOf(at),
      datasource: SOURCE,
      editorMode: "code",
      expr: expression,
      legendFormat: legend,
      format: type === "table" ? "table" : type === "heatmap" ? "heatmap" : "time_series",
      instant,
      range: !instant,
    })),
    ...(type === "table" ? { transformations: tableTransformations(panel) } : {}),
  };
}

/** Rows below each other; in a row, panels side by side until it is full. */
function panelsOf({ rows }: Dashboard): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    const gridPos = { x: 0, y, w: COLUMNS, h: HEIGHTS.row };
    placed.push({ id: placed.length + 1, type: "row", title, collapsed: false, gridPos, panels: [] });
    y += HEIGHTS.row;
    let x = 0;
    let lineHeight = 0;
    for (const panel of panels) {
      if (x + panel.width > COLUMNS) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      const h = heightOf(panel);
      placed.push(panelJson(panel, placed.length + 1, { x, y, w: panel.width, h }));
      x += panel.width;
      lineHeight = Math.max(lineHeight, h);
    }
    y += lineHeight;
  }
  return placed;
}

function variableJson({ name, label, query }: Variable): object {
  return {
    name,
    label,
    type: "query",
    datasource: SOURCE,
    query: { query, refId: `variable-${name}` },
    definition: query,
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: ".*",
    current: { selected: true, text: ["All"], value: ["$__all"] },
    options: [],
    regex: "",
    hide: 0,
    skipUrlSync: false,
  };
}

const DATASOURCE = {
  name: "datasource",
  label: "Data source",
  type: "datasource",
  query: "prometheus",
  current: {},
  options: [],
  regex: "",
  refresh: 1,
  multi: false,
  includeAll: false,
  hide: 0,
  skipUrlSync: false,
};

/** To the others, in a menu, with the time that is looked at. */
const OTHERS = {
  title: "M&A dashboards",
  type: "dashboards",
  tags: ["ma"],
  asDropdown: true,
  includeVars: false,
  keepTime: true,
  targetBlank: false,
  icon: "external link",
  tooltip: "",
  url: "",
};

/** A dashboard as Grafana 10 and later imports it. */
export function grafanaJson(dashboard: Dashboard): object {
  const { uid, title, description, tags, span, variables } = dashboard;
  return {
    uid,
    title,
    description,
    tags: ["ma", ...tags],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    timezone: "browser",
    time: { from: `now-${span}`, to: "now" },
    timepicker: {},
    fiscalYearStartMonth: 0,
    weekStart: "monday",
    annotations: { list: [] },
    templating: { list: [DATASOURCE, ...variables.map(variableJson)] },
    links: [OTHERS],
    panels: panelsOf(dashboard),
  };
}
