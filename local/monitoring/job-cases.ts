import type { RuleCase } from "./rule-case.ts";

const batches = (status: string): string => `ma_batches_total{status="${status}"}`;
const exports = (format: string, status: string): string =>
  `ma_exports_total{format="${format}", status="${status}"}`;

/** Batches, exports and deliveries that do not get done. */
export const JOB_CASES: readonly RuleCase[] = [
  {
    name: "BatchesFailing: one of ten",
    series: { [batches("completed")]: "0+0.9x400", [batches("failed")]: "0+0.1x400" },
    expected: [{ at: "380m", alert: "BatchesFailing", fires: [{ labels: {}, value: "10%" }] }],
  },
  {
    name: "BatchesFailing: two in all are too few, and cancelled ones did not fail",
    series: {
      [batches("completed")]: "0x400",
      [batches("failed")]: "0x200 2x200",
      [batches("cancelled")]: "0+1x400",
    },
    expected: [{ at: "380m", alert: "BatchesFailing", fires: [] }],
  },
  {
    name: "ExportsFailing: every fifth, whatever the format",
    series: {
      [exports("csv", "ready")]: "0+0.8x400",
      [exports("csv", "failed")]: "0+0.1x400",
      [exports("xlsx", "failed")]: "0+0.1x400",
    },
    expected: [{ at: "380m", alert: "ExportsFailing", fires: [{ labels: {}, value: "20%" }] }],
  },
  {
    name: "ExportsFailing: one of a hundred; what clients chose wrongly is theirs",
    series: {
      [exports("csv", "ready")]: "0+0.99x400",
      [exports("csv", "failed")]: "0+0.01x400",
      [exports("airtable", "refused")]: "0+1x400",
    },
    expected: [{ at: "380m", alert: "ExportsFailing", fires: [] }],
  },
  {
    name: "WebhookDeliveriesOverdue: 30 stand still for a quarter of an hour, then are sent",
    series: { webhook_deliveries_overdue: "0x4 30x20 0x5" },
    expected: [
      { at: "15m", alert: "WebhookDeliveriesOverdue", fires: [] },
      { at: "21m", alert: "WebhookDeliveriesOverdue", fires: [{ labels: {}, value: "30" }] },
      { at: "27m", alert: "WebhookDeliveriesOverdue", fires: [] },
    ],
  },
  {
    name: "WebhookDeliveriesOverdue: a few are always on their way",
    series: { webhook_deliveries_overdue: "8x30" },
    expected: [{ at: "25m", alert: "WebhookDeliveriesOverdue", fires: [] }],
  },
];
