/** As Grafana names them. */
export type Unit =
  | "short"
  | "none"
  | "reqps"
  | "ops"
  | "s"
  | "percentunit"
  | "currencyEUR"
  | "currencyUSD"
  | "dateTimeFromNow";

export type PanelType = "timeseries" | "stat" | "bargauge" | "heatmap" | "table" | "state-timeline";

/** From `from` on, in this colour; the first has none. */
export interface Threshold {
  from: number;
  color: "green" | "yellow" | "orange" | "red";
}

export interface Query {
  expression: string;
  /** How a series is called: text with `{{label}}`. */
  legend: string;
}

export interface Panel {
  title: string;
  /** What it shows and what to make of it. */
  description: string;
  type: PanelType;
  unit: Unit;
  queries: readonly Query[];
  /** Of 24 columns. */
  width: 6 | 8 | 12 | 24;
  thresholds?: readonly Threshold[];
  /** Of what the numbers stand for. */
  mappings?: Readonly<Record<string, { text: string; color: Threshold["color"] }>>;
  /** Of a table: units of columns that differ from the panel's. */
  columns?: Readonly<Record<string, Unit>>;
  /** Values may be below zero. */
  negative?: boolean;
  /** Series one above the other. */
  stacked?: boolean;
  max?: number;
}

export interface Row {
  title: string;
  panels: readonly Panel[];
}

export interface Variable {
  name: string;
  label: string;
  /** `label_values(…)`. */
  query: string;
}

export interface Dashboard {
  /** Also the file's name. */
  uid: `ma-${string}`;
  title: string;
  description: string;
  tags: readonly string[];
  /** What is shown at first: `6h`. */
  span: string;
  variables: readonly Variable[];
  rows: readonly Row[];
}

/** Green up to `warn`, yellow up to `bad`, then red. */
export function rising(warn: number, bad: number): Threshold[] {
  return [
    { from: 0, color: "green" },
    { from: warn, color: "yellow" },
    { from: bad, color: "red" },
  ];
}

/** Red up to `warn`, yellow up to `good`, then green. */
export function falling(warn: number, good: number): Threshold[] {
  return [
    { from: 0, color: "red" },
    { from: warn, color: "yellow" },
    { from: good, color: "green" },
  ];
}

/** Any at all is bad. */
export const NONE_IS_GOOD: readonly Threshold[] = [
  { from: 0, color: "green" },
  { from: 0.01, color: "red" },
];
