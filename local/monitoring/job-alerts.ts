import type { Alert } from "./alert.ts";
import { series } from "./promql.ts";
import type { RuleClock } from "./rule-clock.ts";
import { THRESHOLDS } from "./thresholds.ts";

const MINUTE = 60;
const HOUR = 3_600;
const WINDOW = 6 * HOUR;

/** Batches, exports and deliveries that do not get done. */
export function jobAlerts(clock: RuleClock): Alert[] {
  const common = { severity: "warning", category: "data", dashboard: "ma-jobs-queues" } as const;
  const since = (counter: string) => `sum(increase(${counter}[${clock.span(WINDOW)}]))`;
  return [
    {
      ...common,
      name: "BatchesFailing",
      runbook: "batches-failing",
      expr: failing(
        since(series("ma_batches_total", { status: "failed" })),
        since(series("ma_batches_total", { status: { re: "completed|failed" } })),
      ),
      for: null,
      summary: "{{ $value | humanizePercentage }} of the batches that ended within 6 hours failed",
      description: "A batch fails only through us: its upload is gone or broken, or nobody worked on it.",
      when: `at least ${THRESHOLDS.failedJobs} batches, and more than ${THRESHOLDS.failedJobShare * 100} % of those that ended, failed within 6 hours`,
    },
    {
      ...common,
      name: "ExportsFailing",
      runbook: "exports-failing",
      expr: failing(
        since(series("ma_exports_total", { status: "failed" })),
        since(series("ma_exports_total", { status: { re: "ready|failed" } })),
      ),
      for: null,
      summary: "{{ $value | humanizePercentage }} of the exports that ended within 6 hours failed",
      description: "Through us: what clients chose wrongly is left out. The log (export_failed) says why.",
      when: `at least ${THRESHOLDS.failedJobs} exports, and more than ${THRESHOLDS.failedJobShare * 100} % of those that ended, failed through us within 6 hours`,
    },
    {
      ...common,
      name: "WebhookDeliveriesOverdue",
      runbook: "webhooks-overdue",
      expr: `${series("webhook_deliveries_overdue")} > ${THRESHOLDS.deliveriesOverdue}`,
      for: clock.span(15 * MINUTE),
      summary: "{{ $value | humanize }} deliveries of events are due and not attempted",
      description: "Is events paused, does its consumer fail, does the schedule send what is overdue?",
      when: `more than ${THRESHOLDS.deliveriesOverdue} deliveries were due and not attempted, for 15 minutes`,
    },
  ];
}

function failing(failed: string, ended: string): string {
  return `${failed} / ${ended} > ${THRESHOLDS.failedJobShare}\nand\n${failed} >= ${THRESHOLDS.failedJobs}`;
}
