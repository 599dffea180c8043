import { SCHEDULE } from "../../src/cron/schedule.ts";
import { JOB_CASES } from "./job-cases.ts";
import type { RuleCase } from "./rule-case.ts";

const OFTEN = (SCHEDULE["*/5 * * * *"] ?? []).map(({ name }) => name);
const DAY = 86_400;

function lastSuccess(job: string): string {
  return `cron_last_success_timestamp_seconds{cron_job="${job}"}`;
}

/** Queues, scheduled jobs, webhooks, audit, keys and our own faults. */
export const UPKEEP_CASES: readonly RuleCase[] = [
  ...JOB_CASES,
  {
    name: "DeadLettersNew: one message of the exports died; it is news for a quarter of an hour",
    series: {
      'dead_letters_total{queue="exports", reason="exhausted"}': "0x4 1x40",
      'dead_letters_total{queue="events", reason="exhausted"}': "7x44",
    },
    expected: [
      { at: "4m", alert: "DeadLettersNew", fires: [] },
      {
        at: "10m",
        alert: "DeadLettersNew",
        fires: [{ labels: { queue: "exports", reason: "exhausted" }, value: "1" }],
      },
      { at: "30m", alert: "DeadLettersNew", fires: [] },
    ],
  },
  {
    name: "DeadLettersGrowing: 24 more within an hour, 18 more, and many old ones",
    series: {
      'dead_letters_open{queue="enrichment"}': "0+0.4x60",
      'dead_letters_open{queue="exports"}': "0+0.3x60",
      'dead_letters_open{queue="events"}': "400x60",
    },
    expected: [
      { at: "30m", alert: "DeadLettersGrowing", fires: [] },
      { at: "60m", alert: "DeadLettersGrowing", fires: [{ labels: { queue: "enrichment" }, value: "24" }] },
    ],
  },
  {
    name: "QueueBacklogOld: 20 minutes, 15 minutes, and an empty queue",
    series: {
      'queue_oldest_message_seconds{queue="enrichment"}': "1200x20",
      'queue_oldest_message_seconds{queue="exports"}': "900x20",
      'queue_oldest_message_seconds{queue="events"}': "0x20",
    },
    expected: [
      { at: "4m", alert: "QueueBacklogOld", fires: [] },
      { at: "6m", alert: "QueueBacklogOld", fires: [{ labels: { queue: "enrichment" }, value: "20m 0s" }] },
    ],
  },
  {
    name: "QueuePaused: for half an hour",
    series: { 'queue_paused{queue="exports"}': "1x40", 'queue_paused{queue="events"}': "1x20 0x20" },
    expected: [
      { at: "29m", alert: "QueuePaused", fires: [] },
      { at: "35m", alert: "QueuePaused", fires: [{ labels: { queue: "exports" }, value: "" }] },
    ],
  },
  {
    name: "WorkOld: an export of more than an hour; a large batch may take a day",
    series: {
      'jobs_oldest_seconds{work="export"}': "3000+60x30",
      'jobs_oldest_seconds{work="batch"}': "100000+60x30",
      'jobs_oldest_seconds{work="inbound_event"}': "100000+60x30",
    },
    expected: [
      { at: "14m", alert: "WorkOld", fires: [] },
      { at: "20m", alert: "WorkOld", fires: [{ labels: { work: "export" }, value: "1h 10m 0s" }] },
    ],
  },
  {
    name: "WorkOld: a batch of more than thirty hours",
    series: { 'jobs_oldest_seconds{work="batch"}': "108600+60x30" },
    expected: [
      { at: "10m", alert: "WorkOld", fires: [{ labels: { work: "batch" }, value: "1d 6h 20m 0s" }] },
    ],
  },
  {
    name: "CronNotRun: a job of every five minutes has stood still for 12, the hourly one too",
    series: { [lastSuccess("drain_audit")]: "0x60", [lastSuccess("anchor_audit")]: "0x60" },
    expected: [
      { at: "9m", alert: "CronNotRun", fires: [] },
      {
        at: "12m",
        alert: "CronNotRun",
        fires: [{ labels: { cron_job: "drain_audit", period: "5m" }, value: "12m 0s" }],
      },
    ],
  },
  {
    name: "CronNotRun: the nightly one may be a day and a half old, and is late after two",
    series: {
      [lastSuccess("rotate_keys")]: `${-1.5 * DAY}x10`,
      [lastSuccess("purge_tasks")]: `${-2.1 * DAY}x10`,
    },
    expected: [
      {
        at: "5m",
        alert: "CronNotRun",
        fires: [{ labels: { cron_job: "purge_tasks", period: "1d" }, value: "2d 2h 29m 0s" }],
      },
    ],
  },
  {
    name: "CronNeverRan: all but one of the jobs of every five minutes",
    series: Object.fromEntries(OFTEN.slice(1).map((job) => [lastSuccess(job), "0+60x20"])),
    expected: [
      { at: "9m", alert: "CronNeverRan", fires: [] },
      {
        at: "12m",
        alert: "CronNeverRan",
        fires: [{ labels: { period: "5m" }, value: String(OFTEN.length - 1) }],
      },
    ],
  },
  {
    name: "CronNeverRan: all of them succeeded",
    series: Object.fromEntries(OFTEN.map((job) => [lastSuccess(job), "0+60x20"])),
    expected: [{ at: "12m", alert: "CronNeverRan", fires: [] }],
  },
  {
    name: "WebhooksGivenUp: 12 of 72 within an hour",
    series: {
      'webhook_attempts_total{result="given_up"}': "0+0.2x60",
      'webhook_attempts_total{result="delivered"}': "0+1x60",
    },
    expected: [{ at: "60m", alert: "WebhooksGivenUp", fires: [{ labels: {}, value: "12" }] }],
  },
  {
    name: "WebhooksGivenUp: 12 of 612 are one slow customer among many",
    series: {
      'webhook_attempts_total{result="given_up"}': "0+0.2x60",
      'webhook_attempts_total{result="delivered"}': "0+10x60",
    },
    expected: [{ at: "60m", alert: "WebhooksGivenUp", fires: [] }],
  },
  {
    name: "WebhooksGivenUp: 4 within an hour, and retries do not count",
    series: {
      'webhook_attempts_total{result="given_up"}': "0x30 4x30",
      'webhook_attempts_total{result="retried"}': "0+10x60",
    },
    expected: [{ at: "60m", alert: "WebhooksGivenUp", fires: [] }],
  },
  {
    name: "AuditChainBroken: one broken chain pages at once",
    series: { 'audit_verifications_total{result="broken"}': "0x10 1x80" },
    expected: [
      { at: "10m", alert: "AuditChainBroken", fires: [] },
      { at: "11m", alert: "AuditChainBroken", fires: [{ labels: {}, value: "1" }] },
      { at: "80m", alert: "AuditChainBroken", fires: [] },
    ],
  },
  {
    name: "AuditChainBroken: intact ones, and one that could not be looked at",
    series: {
      'audit_verifications_total{result="intact"}': "0+1x60",
      'audit_verifications_total{result="unavailable"}': "0x10 1x50",
    },
    expected: [{ at: "30m", alert: "AuditChainBroken", fires: [] }],
  },
  {
    name: "AuditChainFailing: six failures to drain within half an hour, two to anchor",
    series: {
      'audit_chain_failures_total{stage="drain"}': "0+0.2x60",
      'audit_chain_failures_total{stage="anchor"}': "0x40 2x20",
    },
    expected: [
      { at: "10m", alert: "AuditChainFailing", fires: [] },
      { at: "50m", alert: "AuditChainFailing", fires: [{ labels: { stage: "drain" }, value: "6" }] },
    ],
  },
  {
    name: "AuditRecordsWaiting: never below 600 for half an hour",
    series: { audit_records_waiting: "600+5x60" },
    expected: [{ at: "40m", alert: "AuditRecordsWaiting", fires: [{ labels: {}, value: "650" }] }],
  },
  {
    name: "AuditRecordsWaiting: much, but drained in between",
    series: { audit_records_waiting: "2000x20 100 2000x20" },
    expected: [{ at: "40m", alert: "AuditRecordsWaiting", fires: [] }],
  },
  {
    name: "DataKeyOld: keys of 34 days: too old to sign tokens, young for secrets; one of 94 days",
    series: {
      'key_age_seconds{purpose="jwt"}': `${34 * DAY}x70`,
      'key_age_seconds{purpose="secrets"}': `${34 * DAY}x70`,
      'key_age_seconds{purpose="links"}': `${94 * DAY}x70`,
      'key_age_seconds{purpose="audit"}': `${92 * DAY}x70`,
    },
    expected: [
      { at: "50m", alert: "DataKeyOld", fires: [] },
      {
        at: "65m",
        alert: "DataKeyOld",
        fires: [
          { labels: { purpose: "jwt", life: "30d" }, value: "34d 0h 0m 0s" },
          { labels: { purpose: "links", life: "90d" }, value: "94d 0h 0m 0s" },
        ],
      },
    ],
  },
  {
    name: "UnexpectedErrors: a single one",
    series: {
      'errors_reported_total{result="sent"}': "0x20 1x40",
      'errors_reported_total{result="failed"}': "0x60",
    },
    expected: [
      { at: "20m", alert: "UnexpectedErrors", fires: [] },
      { at: "25m", alert: "UnexpectedErrors", fires: [{ labels: {}, value: "1" }] },
      { at: "50m", alert: "UnexpectedErrors", fires: [] },
    ],
  },
  {
    name: "SlowQueries: 30 of 900 in a quarter of an hour",
    series: { db_slow_queries_total: "0+2x60", ...trips("0+60x60") },
    expected: [{ at: "40m", alert: "SlowQueries", fires: [{ labels: {}, value: "30" }] }],
  },
  {
    name: "SlowQueries: 30 of 3,000 are one in a hundred",
    series: { db_slow_queries_total: "0+2x60", ...trips("0+200x60") },
    expected: [{ at: "40m", alert: "SlowQueries", fires: [] }],
  },
  {
    name: "SlowQueries: 15 in a quarter of an hour",
    series: { db_slow_queries_total: "0+1x60", ...trips("0+10x60") },
    expected: [{ at: "40m", alert: "SlowQueries", fires: [] }],
  },
  {
    name: "RepeatedQueries: on one route, not on the one that stopped",
    series: {
      'db_repeated_queries_total{endpoint="/api/v2/lists/{id}"}': "3+1x100",
      'db_repeated_queries_total{endpoint="/api/v2/tasks"}': "3+1x10 13x90",
    },
    expected: [
      {
        at: "90m",
        alert: "RepeatedQueries",
        fires: [{ labels: { endpoint: "/api/v2/lists/{id}" }, value: "" }],
      },
    ],
  },
  {
    name: "RepeatedQueries: the first of a route, whose series begins with it",
    series: {
      'metrics_collector_up{collector="shards"}': "1x160",
      'db_repeated_queries_total{endpoint="/api/v2/tasks"}': "_x80 1x80",
    },
    expected: [
      { at: "79m", alert: "RepeatedQueries", fires: [] },
      { at: "82m", alert: "RepeatedQueries", fires: [{ labels: { endpoint: "/api/v2/tasks" }, value: "" }] },
      { at: "145m", alert: "RepeatedQueries", fires: [] },
    ],
  },
  {
    name: "RepeatedQueries: all of them are new to a Prometheus that has just begun",
    series: {
      'metrics_collector_up{collector="shards"}': "1x40",
      'db_repeated_queries_total{endpoint="/api/v2/tasks"}': "7x40",
    },
    expected: [{ at: "30m", alert: "RepeatedQueries", fires: [] }],
  },
  {
    name: "RepeatedQueries: none within the last hour",
    series: { 'db_repeated_queries_total{endpoint="/api/v2/tasks"}': "3+1x10 13x90" },
    expected: [{ at: "90m", alert: "RepeatedQueries", fires: [] }],
  },
];

function trips(values: string): RuleCase["series"] {
  return { 'db_query_duration_seconds_count{operation="select"}': values };
}
