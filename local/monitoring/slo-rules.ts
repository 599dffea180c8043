import { type Slo, SLOS } from "../../src/observability/slos.ts";
import type { Alert } from "./alert.ts";
import { bucketBound, select } from "./promql.ts";
import type { RuleClock } from "./rule-clock.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Of the recorded rates. The names keep them whatever the clock's scale. */
const WINDOWS = { "5m": 5 * MINUTE, "30m": 30 * MINUTE, "1h": HOUR, "2h": 2 * HOUR, "6h": 6 * HOUR } as const;
const LONG_WINDOWS = { "1d": DAY, "3d": 3 * DAY } as const;
const ALL_WINDOWS = { ...WINDOWS, ...LONG_WINDOWS };
type Window = keyof typeof ALL_WINDOWS;

interface RecordingRule {
  record: string;
  labels?: Record<string, string>;
  expr: string;
}
interface RecordingGroup {
  name: string;
  interval: string;
  rules: RecordingRule[];
}

interface Burn {
  name: string;
  /** 1 spends the budget in exactly its window. */
  rate: number;
  long: Window;
  short: Window;
  severity: "critical" | "warning";
  /** Fewer bad events in the long window are chance. */
  least: number;
}

/** Two windows each: the long one tells that it matters, the short one that it still goes on. */
export const BURNS: readonly Burn[] = [
  { name: "SloBurnFast", rate: 14.4, long: "1h", short: "5m", severity: "critical", least: 5 },
  { name: "SloBurnSteady", rate: 6, long: "6h", short: "30m", severity: "critical", least: 10 },
  { name: "SloBurnSlow", rate: 3, long: "1d", short: "2h", severity: "warning", least: 10 },
  { name: "SloBurnCreeping", rate: 1, long: "3d", short: "6h", severity: "warning", least: 10 },
];

/** Bad and all events a second of each objective, their ratio, and what was promised. */
export function sloRecordings(clock: RuleClock): RecordingGroup[] {
  return [
    { name: "slo-objectives", interval: clock.span(MINUTE), rules: SLOS.map(objective) },
    { name: "slo-windows", interval: clock.span(MINUTE / 4), rules: ratesOver(WINDOWS, clock) },
    { name: "slo-long-windows", interval: clock.span(2 * MINUTE), rules: ratesOver(LONG_WINDOWS, clock) },
  ];
}

function ratesOver(windows: Readonly<Record<string, number>>, clock: RuleClock): RecordingRule[] {
  return Object.entries(windows).flatMap(([name, seconds]) => [
    ...SLOS.flatMap((slo) => ratesOf(slo, name, clock.span(seconds))),
    {
      record: `slo:bad:ratio_rate${name}`,
      expr: `slo:bad:rate${name} / (slo:events:rate${name} > 0)`,
    },
  ]);
}

function ratesOf(slo: Slo, name: string, window: string): RecordingRule[] {
  const labels = labelsOf(slo);
  const events = `sum(rate(${eventsOf(slo)}[${window}]))`;
  return [
    { record: `slo:events:rate${name}`, labels, expr: events },
    { record: `slo:bad:rate${name}`, labels, expr: badOf(slo, events, window) },
  ];
}

function eventsOf({ sli }: Slo): string {
  return sli.by === "label" ? select(sli.metric, sli.where) : select(`${sli.metric}_count`, timed(sli));
}

/** A status that never occurred has no series: that is 0 bad events, not an unknown number. */
function badOf({ sli }: Slo, events: string, window: string): string {
  if (sli.by === "label") {
    const bad = select(sli.metric, { ...sli.where, [sli.label]: { re: sli.bad } });
    return `sum(rate(${bad}[${window}])) or 0 * ${events}`;
  }
  const good = select(`${sli.metric}_bucket`, { ...timed(sli), le: bucketBound(sli.seconds) });
  return `clamp_min(${events} - sum(rate(${good}[${window}])), 0)`;
}

function timed(sli: Extract<Slo["sli"], { by: "time" }>) {
  return sli.except === null ? sli.where : { ...sli.where, [sli.except.label]: { notRe: sli.except.values } };
}

function objective(slo: Slo): RecordingRule {
  return { record: "slo:objective:ratio", labels: labelsOf(slo), expr: `vector(${slo.objective})` };
}

function labelsOf({ id, kind, route }: Slo): Record<string, string> {
  return { slo: id, kind, ...(route === null ? {} : { route }) };
}

/** One rule for each speed at which a budget may burn, whatever the objective. */
export function sloAlerts(clock: RuleClock): Alert[] {
  return BURNS.map(({ name, rate, long, short, severity, least }) => {
    const enough = `slo:bad:rate${long} * ${clock.seconds(ALL_WINDOWS[long])} >= ${least}`;
    const burns = [long, short].map(
      (window) => `slo:bad:ratio_rate${window} > ${rate} * (1 - slo:objective:ratio)`,
    );
    return {
      name,
      severity,
      category: "slo",
      runbook: "slo-{{ $labels.kind }}",
      dashboard: "ma-slo",
      expr: [...burns, enough].join("\nand\n"),
      for: null,
      summary: `{{ $labels.slo }}: {{ $value | humanizePercentage }} bad within ${long}: more than ${rate} × what its budget bears`,
      description: `Look at what changed, then at the dashboard: \`npm run diagnose -- --runbook slo-{{ $labels.kind }}\`.`,
      when: `more than ${rate} × the budget over ${long} and over ${short}, and at least ${least} bad events in ${long}`,
    };
  });
}
