import { OUTCOMES } from "../domain/jobs/task.ts";
import type { LogLevel } from "./events.ts";
import { metrics } from "./metric-buffer.ts";

type Fields = Readonly<Record<string, string | number | boolean | null>>;

const text = (fields: Fields, name: string): string => String(fields[name] ?? "");
const number = (fields: Fields, name: string): number => Number(fields[name] ?? 0);
/** Not negative, though clocks of several machines may differ: a sum that goes back looks like a restart. */
const seconds = (fields: Fields, name: string): number => Math.max(0, number(fields, name)) / 1_000;

function sourceAsked(fields: Fields): void {
  const source = text(fields, "source");
  metrics.count("ma_enrichment_requests_total", { source, status: text(fields, "outcome") });
  if (number(fields, "calls") > 0)
    metrics.observe("ma_enrichment_duration_seconds", { source }, seconds(fields, "duration_ms"));
}

function creditsSpent(fields: Fields): void {
  const provider = text(fields, "source");
  metrics.count("ma_api_credits_total", { provider }, number(fields, "credits"));
  metrics.count("ma_api_costs_euros_total", { provider }, number(fields, "euros"));
}

function rowsEnriched(fields: Fields): void {
  for (const origin of ["cache", "sources"]) {
    const rows = number(fields, origin);
    if (rows > 0) metrics.count("ma_companies_enriched_total", { origin }, rows);
  }
}

/** What failed through us is late, however fast it failed: seconds beyond the last bucket. */
const NEVER = { batchRow: 60, export: 86_400 } as const;
/** Queues and the end of a task take their time, whatever its rows: a small batch is not slow for it. */
const BATCH_FLOOR_SECONDS = 30;

function batchCompleted(fields: Fields): void {
  const [status, rows] = [text(fields, "status"), number(fields, "rows")];
  for (const outcome of OUTCOMES) {
    const ended = number(fields, outcome);
    if (ended > 0) metrics.count("ma_batch_rows_total", { outcome }, ended);
  }
  metrics.count("ma_batches_total", { status });
  if (status === "cancelled") return;
  const duration = seconds(fields, "duration_ms");
  metrics.observe("ma_batch_duration_seconds", {}, duration);
  if (status === "failed") metrics.observe("ma_batch_row_seconds", {}, NEVER.batchRow);
  else if (rows > 0)
    metrics.observe("ma_batch_row_seconds", {}, Math.max(0, duration - BATCH_FLOOR_SECONDS) / rows);
}

function exportGenerated(fields: Fields): void {
  const format = text(fields, "format");
  metrics.count("ma_exports_total", { format, status: "ready" });
  metrics.count("ma_export_rows_total", { format }, number(fields, "rows"));
  metrics.observe("ma_export_duration_seconds", { format }, seconds(fields, "duration_ms"));
}

/** `refused`: the client's to mend, and no failure of the service. */
function exportFailed(fields: Fields): void {
  const [format, ours] = [text(fields, "format"), fields["ours"] === true];
  metrics.count("ma_exports_total", { format, status: ours ? "failed" : "refused" });
  if (ours) metrics.observe("ma_export_duration_seconds", { format }, NEVER.export);
}

const ATTEMPT_RESULTS: Readonly<Record<string, string>> = {
  delivered: "delivered",
  pending: "retried",
  failed: "given_up",
};

function webhookAttempted(fields: Fields): void {
  const result = ATTEMPT_RESULTS[text(fields, "status")] ?? "";
  metrics.count("webhook_attempts_total", { result });
  if (fields["attempt"] === 1)
    metrics.observe("webhook_delay_seconds", {}, seconds(fields, "since_created_ms"));
}

function deadLetterKept(fields: Fields): void {
  const reason = fields["reason"] === "unreadable" ? "unreadable" : "exhausted";
  metrics.count("dead_letters_total", { queue: text(fields, "queue") || "unknown", reason });
}

function limiterUnreachable(fields: Fields): void {
  const labels = { policy: text(fields, "policy"), action: text(fields, "action") };
  metrics.count("limiter_degraded_total", labels);
}

const chainFailed = (stage: string) => () => metrics.count("audit_chain_failures_total", { stage });

/** What the metrics make of an event: the domain tells what happened once, to the log. */
const COUNTED: Readonly<Record<string, (fields: Fields) => void>> = {
  source_asked: sourceAsked,
  credits_spent: creditsSpent,
  rows_enriched: rowsEnriched,
  enrichment_completed: () => metrics.count("ma_companies_enriched_total", { origin: "sources" }),
  batch_completed: batchCompleted,
  export_generated: exportGenerated,
  export_failed: exportFailed,
  export_cancelled: (fields) =>
    metrics.count("ma_exports_total", { format: text(fields, "format"), status: "cancelled" }),
  webhook_attempted: webhookAttempted,
  webhook_disabled: () => metrics.count("webhook_endpoints_disabled_total", {}),
  dead_letter_kept: deadLetterKept,
  limiter_unreachable: limiterUnreachable,
  audit_verified: (fields) => metrics.count("audit_verifications_total", { result: text(fields, "result") }),
  audit_drain_failed: chainFailed("drain"),
  audit_drain_unreachable: chainFailed("drain"),
  audit_anchor_failed: chainFailed("anchor"),
  audit_anchor_unreachable: chainFailed("anchor"),
};

/** The events that metrics are made of. */
export const COUNTED_EVENTS: readonly string[] = Object.keys(COUNTED);

export function countEvent(name: string, level: LogLevel, fields: Fields): void {
  metrics.count("log_events_total", { level });
  COUNTED[name]?.(fields);
}
