import { FailureReason } from "../domain/enrichment/failure-reason.ts";
import { SOURCE_NAMES } from "../domain/enrichment/source.ts";
import { EXPORT_FORMATS } from "../domain/exports/export.ts";
import { OUTCOMES } from "../domain/jobs/task.ts";
import { POLICIES, type PolicyName } from "../domain/limits/limit-table.ts";
import { LONG_SECONDS, type Metric, NONE, SECONDS } from "./metric-types.ts";

const POLICY_NAMES = Object.keys(POLICIES) as PolicyName[];
const PROVIDERS = { provider: SOURCE_NAMES } as const;

/** Of this product: enrichment, caches, limits, batches, exports, webhooks, security and audit. */
export const PRODUCT_METRICS = {
  ma_enrichment_requests_total: {
    type: "counter",
    help: "Times a source was asked for a company or its contacts, by what came of it.",
    labels: {
      source: SOURCE_NAMES,
      status: ["found", "not_found", ...FailureReason.options],
    },
  },
  ma_enrichment_duration_seconds: {
    type: "histogram",
    help: "Time a source took to answer, tries and waits included.",
    labels: { source: SOURCE_NAMES },
    buckets: SECONDS,
  },
  ma_companies_enriched_total: {
    type: "counter",
    help: "Companies handed out enriched, by where they came from.",
    labels: { origin: ["cache", "sources"] },
  },
  ma_scores_distribution: {
    type: "histogram",
    help: "Scores computed, 0 to 100.",
    labels: NONE,
    buckets: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
  },
  ma_active_users: {
    type: "gauge",
    help: "People and API keys that were used within the last day, week and month.",
    labels: { actor: ["user", "key"], window: ["1d", "7d", "30d"] },
    from: "scrape",
  },
  ma_api_costs_euros_total: {
    type: "counter",
    help: "Euros that providers charged, at the configured price of a credit.",
    labels: PROVIDERS,
  },
  ma_api_credits_total: { type: "counter", help: "Credits that providers charged.", labels: PROVIDERS },
  cache_hits_total: {
    type: "counter",
    help: "Reads that a cache answered.",
    labels: { kind: ["company", "response", "principal"], layer: ["isolate", "edge", "kv", "postgres"] },
  },
  cache_misses_total: {
    type: "counter",
    help: "Reads that a cache could not answer.",
    labels: { kind: ["company", "response", "principal"], layer: ["isolate", "edge", "kv", "postgres"] },
  },
  limits_refused_total: {
    type: "counter",
    help: "Requests refused because a limit was reached.",
    // Those of attempts at passwords and codes are not among the policies of routes.
    labels: { policy: { atMost: 40 } },
  },
  limiter_degraded_total: {
    type: "counter",
    help: "Requests that could not be counted, by what was done with them.",
    labels: { policy: POLICY_NAMES, action: ["passed", "refused"] },
  },
  ma_batches_total: {
    type: "counter",
    help: "Batches that ended.",
    labels: { status: ["completed", "failed", "cancelled"] },
  },
  ma_batch_rows_total: {
    type: "counter",
    help: "Rows of batches that came to an end.",
    labels: { outcome: OUTCOMES },
  },
  ma_batch_duration_seconds: {
    type: "histogram",
    help: "Time from the upload of a batch to its end; cancelled ones are left out.",
    labels: NONE,
    buckets: LONG_SECONDS,
  },
  ma_batch_row_seconds: {
    type: "histogram",
    help: "Time a batch took beyond half a minute, divided by its rows: one observation a batch; 60 for one that failed.",
    labels: NONE,
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  ma_exports_total: {
    type: "counter",
    help: "Exports that ended; those that failed through what their client chose are refused.",
    labels: { format: EXPORT_FORMATS, status: ["ready", "failed", "refused", "cancelled"] },
  },
  ma_export_rows_total: { type: "counter", help: "Rows exported.", labels: { format: EXPORT_FORMATS } },
  ma_export_duration_seconds: {
    type: "histogram",
    help: "Time from the order of an export to its file being ready; a day for one that failed through us.",
    labels: { format: EXPORT_FORMATS },
    buckets: LONG_SECONDS,
  },
  webhook_attempts_total: {
    type: "counter",
    help: "Attempts to deliver an event.",
    labels: { result: ["delivered", "retried", "given_up"] },
  },
  webhook_delay_seconds: {
    type: "histogram",
    help: "Time between an event and the first attempt to deliver it.",
    labels: NONE,
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600],
  },
  webhook_deliveries_overdue: {
    type: "gauge",
    help: "Deliveries of events that are due and not attempted yet.",
    labels: NONE,
    from: "scrape",
  },
  webhook_endpoints_disabled_total: {
    type: "counter",
    help: "Endpoints switched off because they failed for too long.",
    labels: NONE,
  },
  provider_breaker_state: {
    type: "gauge",
    help: "0: calls go out; 1: a single one may try; 2: none may.",
    labels: PROVIDERS,
    from: "scrape",
  },
  auth_attempts_total: {
    type: "counter",
    help: "Attempts to prove who one is.",
    labels: {
      method: ["password", "totp", "backup_code", "refresh_token", "api_key", "access_token"],
      result: ["ok", "refused"],
    },
  },
  audit_records_total: {
    type: "counter",
    help: "Acts recorded for the audit.",
    labels: { action: { atMost: 120 } },
  },
  audit_entries_chained_total: {
    type: "counter",
    help: "Audit entries numbered and hashed.",
    labels: NONE,
  },
  audit_chain_failures_total: {
    type: "counter",
    help: "Times a chain could not take its entries or be anchored.",
    labels: { stage: ["drain", "anchor"] },
  },
  audit_verifications_total: {
    type: "counter",
    help: "Verifications of an audit chain.",
    labels: { result: ["intact", "broken", "unavailable"] },
  },
  audit_records_waiting: {
    type: "gauge",
    help: "Audit records that are in no chain yet.",
    labels: NONE,
    from: "scrape",
  },
  key_age_seconds: {
    type: "gauge",
    help: "Age of the data key in use.",
    labels: { purpose: { atMost: 20 } },
    from: "scrape",
  },
} as const satisfies Record<string, Metric>;
