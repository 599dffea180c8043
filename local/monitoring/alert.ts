import type { Runbook } from "./runbooks.ts";

/** Critical wakes somebody up; a warning waits for the morning; nobody is told of `none`: it mutes others, or says by its absence that nobody judges. */
export type Severity = "critical" | "warning" | "none";
export type Category = "slo" | "availability" | "cost" | "data" | "security";
/** The `uid` of a dashboard. */
export type DashboardUid =
  | "ma-api"
  | "ma-enrichment-cache"
  | "ma-jobs-queues"
  | "ma-security-audit"
  | "ma-slo";

export interface Alert {
  name: string;
  severity: Severity;
  category: Category;
  /** Of an objective's alert: the page of its kind, which the label tells. */
  runbook: Runbook | "slo-{{ $labels.kind }}";
  dashboard: DashboardUid;
  expr: string;
  /** How long it must hold before anybody is told, as Prometheus writes durations; null: not at all. */
  for: string | null;
  /** What is wrong, in a line, with its value. */
  summary: string;
  /** What to do first. */
  description: string;
  /** Of the table in docs/alerting.md: when it fires. */
  when: string;
  /** Besides those that the expression gives. */
  labels?: Readonly<Record<string, string>>;
}
