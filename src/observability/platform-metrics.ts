import { QUEUE_NAMES } from "../domain/operations/queue-name.ts";
import { LONG_SECONDS, type Metric, NONE, SECONDS } from "./metric-types.ts";
import { SLO_IDS } from "./slos.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const QUEUES = { queue: QUEUE_NAMES } as const;
/** Routes as registered: an address may hold anything. */
const ENDPOINT = { atMost: 250 } as const;

/** Of any service: HTTP, queues, crons, database, and monitoring itself. */
export const PLATFORM_METRICS = {
  http_requests_total: {
    type: "counter",
    help: "Requests answered.",
    labels: { method: METHODS, endpoint: ENDPOINT, status: { atMost: 60 } },
  },
  http_request_duration_seconds: {
    type: "histogram",
    help: "Time from a request's arrival to its answer's headers.",
    counter: "http_requests_total",
    labels: { method: METHODS, endpoint: ENDPOINT, status: { atMost: 60 } },
    buckets: SECONDS,
  },
  http_requests_in_progress: {
    type: "gauge",
    help: "Requests being answered. One that the platform ended by force counts on until its isolate is gone.",
    labels: NONE,
    from: "isolates",
  },
  queue_messages_total: {
    type: "counter",
    help: "Messages taken from a queue.",
    labels: { ...QUEUES, type: { atMost: 20 }, result: ["done", "retried", "unreadable"] },
  },
  queue_message_duration_seconds: {
    type: "histogram",
    help: "Time a consumer worked on a message.",
    labels: QUEUES,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
  },
  queue_message_wait_seconds: {
    type: "histogram",
    help: "Time between a message being sent and its first attempt, delays that were asked for included.",
    labels: QUEUES,
    buckets: LONG_SECONDS,
  },
  queue_depth: { type: "gauge", help: "Messages that wait in a queue.", labels: QUEUES, from: "scrape" },
  queue_oldest_message_seconds: {
    type: "gauge",
    help: "Age of the oldest message in a queue; 0 when it is empty.",
    labels: QUEUES,
    from: "scrape",
  },
  queue_paused: {
    type: "gauge",
    help: "1: an operator paused the queue.",
    labels: QUEUES,
    from: "scrape",
  },
  dead_letters_total: {
    type: "counter",
    help: "Messages put away because they could not be processed.",
    labels: { queue: [...QUEUE_NAMES, "unknown"], reason: ["exhausted", "unreadable"] },
  },
  dead_letters_open: {
    type: "gauge",
    help: "Dead letters that nobody redrove or discarded.",
    labels: { queue: [...QUEUE_NAMES, "unknown"] },
    from: "scrape",
  },
  jobs_open: {
    type: "gauge",
    help: "Work that was accepted and is not done.",
    labels: { work: ["batch", "export", "webhook_delivery", "inbound_event"], status: ["queued", "running"] },
    from: "scrape",
  },
  jobs_oldest_seconds: {
    type: "gauge",
    help: "Age of the oldest work that was accepted and is not done; 0 when there is none.",
    labels: { work: ["batch", "export", "inbound_event"] },
    from: "scrape",
  },
  cron_runs_total: {
    type: "counter",
    help: "Runs of scheduled jobs.",
    labels: { cron_job: { atMost: 60 }, result: ["ok", "failed"] },
  },
  cron_run_duration_seconds: {
    type: "histogram",
    help: "Time that scheduled jobs took.",
    labels: { cron_job: { atMost: 60 } },
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900],
  },
  cron_last_success_timestamp_seconds: {
    type: "gauge",
    help: "When a scheduled job last succeeded.",
    labels: { cron_job: { atMost: 60 } },
    from: "latest",
  },
  db_query_duration_seconds: {
    type: "histogram",
    help: "Time of a round trip to the database.",
    labels: { operation: ["select", "insert", "update", "delete", "transaction", "other"] },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  db_errors_total: {
    type: "counter",
    help: "Round trips to the database that failed.",
    labels: { kind: ["timeout", "too_slow", "unreachable", "refused"] },
  },
  db_statement_calls_total: {
    type: "counter",
    help: "Times each statement was run.",
    labels: { statement: { atMost: 500 } },
  },
  db_statement_seconds_total: {
    type: "counter",
    help: "Time each statement took, round trips included.",
    labels: { statement: { atMost: 500 } },
  },
  db_slow_queries_total: {
    type: "counter",
    help: "Round trips that took longer than SLOW_QUERY_MS.",
    labels: NONE,
  },
  db_repeated_queries_total: {
    type: "counter",
    help: "Requests that ran one statement more than three times.",
    labels: { endpoint: ENDPOINT },
  },
  db_queries_per_request: {
    type: "histogram",
    help: "Statements that a request ran; of requests that ran any.",
    labels: NONE,
    buckets: [1, 2, 3, 5, 8, 13, 21, 50],
  },
  llm_calls_total: {
    type: "counter",
    help: "Calls of a language model.",
    labels: { status: ["ok", "failed", "timeout", "refused"] },
  },
  llm_latency_seconds: {
    type: "histogram",
    help: "Time a language model took to answer.",
    labels: NONE,
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  llm_cost_dollars_total: {
    type: "counter",
    help: "Dollars that language models charged.",
    labels: NONE,
  },
  dependency_up: {
    type: "gauge",
    help: "1: it answered when the metrics were asked for.",
    labels: { dependency: ["database", "kv", "r2", "queues", "durable_objects"] },
    from: "scrape",
  },
  slo_breaches_total: {
    type: "counter",
    help: "Five-minute spans in which an objective was not met.",
    labels: { slo: SLO_IDS },
  },
  slo_objective_ratio: {
    type: "gauge",
    help: "The share of events that must be good.",
    labels: { slo: SLO_IDS },
    from: "scrape",
  },
  slo_error_budget_remaining_ratio: {
    type: "gauge",
    help: "What is left of the error budget of the window; negative when it is overspent.",
    labels: { slo: SLO_IDS },
    from: "scrape",
  },
  errors_reported_total: {
    type: "counter",
    help: "Unexpected errors, by whether the error tracker took them.",
    labels: { result: ["sent", "failed", "untracked"] },
  },
  trace_exports_total: {
    type: "counter",
    help: "Batches of spans sent to the collector.",
    labels: { result: ["ok", "failed"] },
  },
  log_events_total: {
    type: "counter",
    help: "Events, whether or not LOG_LEVEL lets them be written. Of requests and messages that went well and fast, only those that LOG_SAMPLE keeps are events.",
    labels: { level: ["debug", "info", "warn", "error"] },
  },
  metrics_flushes_total: {
    type: "counter",
    help: "Times isolates handed their counts over.",
    labels: { result: ["ok", "failed"] },
  },
  metrics_collector_up: {
    type: "gauge",
    help: "0: this part of the page, or something of it, could not be collected.",
    labels: {
      collector: [
        "shards",
        "database_work",
        "database_upkeep",
        "database_activity",
        "queues",
        "providers",
        "dependencies",
        "slo",
      ],
    },
    from: "scrape",
  },
  build_info: {
    type: "gauge",
    help: "Always 1; what is running.",
    labels: { version: { atMost: 20 }, environment: ["development", "test", "staging", "production"] },
    from: "scrape",
  },
} as const satisfies Record<string, Metric>;
