import { THRESHOLDS } from "../thresholds.ts";
import { gauge, increase, labelValues, mean, orZero, quantile, rate } from "./expressions.ts";
import { type Dashboard, NONE_IS_GOOD, rising } from "./panel.ts";

const AGE = THRESHOLDS.queueAgeSeconds;
const where = { queue: { re: "$queue" } };

export const JOBS_QUEUES: Dashboard = {
  uid: "ma-jobs-queues",
  title: "M&A jobs and queues",
  description:
    "What waits, what is worked on and what died: queues, batches, exports, webhooks, scheduled jobs.",
  tags: ["jobs", "queues"],
  span: "6h",
  variables: [{ name: "queue", label: "Queue", query: labelValues("queue_depth", "queue") }],
  rows: [
    {
      title: "Queues",
      panels: [
        {
          title: "Waiting",
          description: "Messages that wait in each queue.",
          type: "timeseries",
          unit: "short",
          width: 12,
          stacked: true,
          queries: [
            { expression: gauge("max", "queue_depth", { where, by: ["queue"] }), legend: "{{queue}}" },
          ],
        },
        {
          title: "Oldest message and work",
          description: `Age of the oldest message of each queue, and of the oldest batch, export and inbound event that is not done. The line is where the alert about messages begins, ${AGE / 60} minutes.`,
          type: "timeseries",
          unit: "s",
          width: 12,
          thresholds: rising(AGE / 3, AGE),
          queries: [
            {
              expression: gauge("max", "queue_oldest_message_seconds", { where, by: ["queue"] }),
              legend: "{{queue}}",
            },
            {
              expression: gauge("max", "jobs_oldest_seconds", { by: ["work"] }),
              legend: "{{work}} not done",
            },
          ],
        },
        {
          title: "Messages",
          description: "Messages taken a second, by what came of them. Retried ones come again later.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            {
              expression: rate("queue_messages_total", { where, by: ["queue", "result"] }),
              legend: "{{queue}} {{result}}",
            },
          ],
        },
        {
          title: "Waited and worked on",
          description: "95 % of the messages are first tried, and done once tried, within these times.",
          type: "timeseries",
          unit: "s",
          width: 12,
          queries: [
            {
              expression: quantile(0.95, "queue_message_wait_seconds", { where, by: ["queue"] }),
              legend: "{{queue}} waited",
            },
            {
              expression: quantile(0.95, "queue_message_duration_seconds", { where, by: ["queue"] }),
              legend: "{{queue}} worked on",
            },
          ],
        },
        {
          title: "Open dead letters and paused queues",
          description:
            "What waits for an operator: messages put away that nobody redrove or discarded, GET /api/v2/admin/dead-letters, and queues that somebody paused (1).",
          type: "timeseries",
          unit: "short",
          width: 12,
          thresholds: NONE_IS_GOOD,
          queries: [
            { expression: gauge("max", "dead_letters_open", { by: ["queue"] }), legend: "{{queue}}" },
            {
              expression: gauge("max", "queue_paused", { where, by: ["queue"] }),
              legend: "{{queue}} paused",
            },
          ],
        },
        {
          title: "New dead letters",
          description: "Messages put away in the time shown, by queue and reason.",
          type: "bargauge",
          unit: "short",
          width: 12,
          thresholds: NONE_IS_GOOD,
          queries: [
            {
              expression: increase("dead_letters_total", { where, by: ["queue", "reason"] }),
              legend: "{{queue}} {{reason}}",
            },
          ],
        },
      ],
    },
    {
      title: "Batches and exports",
      panels: [
        {
          title: "Open work",
          description: `Accepted and not done: batches, exports, deliveries, inbound events. Overdue: deliveries that are due and not attempted; the alert fires above ${THRESHOLDS.deliveriesOverdue}.`,
          type: "timeseries",
          unit: "short",
          width: 12,
          queries: [
            {
              expression: gauge("max", "jobs_open", { by: ["work", "status"] }),
              legend: "{{work}} {{status}}",
            },
            { expression: gauge("max", "webhook_deliveries_overdue"), legend: "deliveries overdue" },
          ],
        },
        {
          title: "How long they took",
          description:
            "95 % of the batches, and of the exports by format, are done within this time. Promised: exports within five minutes.",
          type: "timeseries",
          unit: "s",
          width: 12,
          queries: [
            { expression: quantile(0.95, "ma_batch_duration_seconds", { span: "1h" }), legend: "batch" },
            {
              expression: quantile(0.95, "ma_export_duration_seconds", { by: ["format"], span: "1h" }),
              legend: "export {{format}}",
            },
          ],
        },
        {
          title: "Time a row",
          description:
            "What a row of a batch takes beyond half a minute for all of it, batches counted alike; 60 s for one that failed. Promised: a second at most.",
          type: "timeseries",
          unit: "s",
          width: 24,
          thresholds: rising(0.5, 1),
          queries: [
            { expression: quantile(0.5, "ma_batch_row_seconds", { span: "1h" }), legend: "p50" },
            { expression: quantile(0.99, "ma_batch_row_seconds", { span: "1h" }), legend: "p99" },
          ],
        },
      ],
    },
    {
      title: "Webhooks and schedule",
      panels: [
        {
          title: "Deliveries",
          description: "Attempts to deliver an event a second, by what came of them.",
          type: "timeseries",
          unit: "ops",
          width: 8,
          stacked: true,
          queries: [{ expression: rate("webhook_attempts_total", { by: ["result"] }), legend: "{{result}}" }],
        },
        {
          title: "Time to the first attempt",
          description:
            "Time between an event and the first attempt to deliver it. Promised: a minute at most.",
          type: "timeseries",
          unit: "s",
          width: 8,
          thresholds: rising(30, 60),
          queries: [
            { expression: quantile(0.5, "webhook_delay_seconds"), legend: "p50" },
            { expression: quantile(0.99, "webhook_delay_seconds"), legend: "p99" },
          ],
        },
        {
          title: "Endpoints switched off",
          description:
            "Endpoints of clients that failed for too long, in the time shown; their owners were told.",
          type: "bargauge",
          unit: "short",
          width: 8,
          thresholds: NONE_IS_GOOD,
          queries: [
            { expression: orZero(increase("webhook_endpoints_disabled_total")), legend: "switched off" },
          ],
        },
        {
          title: "Scheduled jobs",
          description:
            "When each job last succeeded, and in the time shown how often it ran, how often it failed and the mean time it took, in seconds.",
          type: "table",
          unit: "short",
          width: 24,
          columns: { "Last success": "dateTimeFromNow", "Mean time": "s" },
          queries: [
            {
              expression: `${gauge("max", "cron_last_success_timestamp_seconds", { by: ["cron_job"] })} * 1000`,
              legend: "Last success",
            },
            { expression: increase("cron_runs_total", { by: ["cron_job"] }), legend: "Runs" },
            {
              expression: increase("cron_runs_total", { where: { result: "failed" }, by: ["cron_job"] }),
              legend: "Failed",
            },
            {
              expression: mean("cron_run_duration_seconds", { by: ["cron_job"], span: "$__range" }),
              legend: "Mean time",
            },
          ],
        },
      ],
    },
  ],
};
