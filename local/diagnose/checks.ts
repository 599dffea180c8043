import { SCHEDULE } from "../../src/cron/schedule.ts";
import { KEY_LIFE_DAYS } from "../../src/domain/accounts/rotate-keyring.ts";
import type { SloKind } from "../../src/observability/slos.ts";
import type { MetricName } from "../../src/observability/metrics.ts";
import { MONITORING_ROUTES } from "../../src/observability/monitoring-routes.ts";
import { THRESHOLDS } from "../monitoring/thresholds.ts";
import { CRON_PERIODS } from "../monitoring/work-alerts.ts";
import {
  type Check,
  type Checks,
  counted,
  type Finding,
  finding,
  growthOf,
  type Level,
  samplesOf,
  total,
  unseen,
} from "./check.ts";
import type { Sample } from "./metric-page.ts";
import type { Observation, Seen } from "./observe-service.ts";

const DAY = 86_400;
const MOST_FREQUENT = "*/5 * * * *";
/** Fewer bad events are chance, as in the alerts. */
const LEAST_BAD = 5;

/** Whether there is something to scrape. */
const scraped: Check = ({ health, metrics }) => [
  ...(health.ok ? [finding("service", "ok", "answers")] : unseen("service", health)),
  ...(metrics.ok
    ? [finding("metrics", "ok", `${metrics.value.length} samples`)]
    : unseen("metrics", metrics)),
];

/** What each runbook has looked at first. */
export const CHECKS: Checks = {
  "slo-latency": objectives("latency"),
  "slo-errors": objectives("errors"),
  "slo-availability": objectives("availability"),
  "slo-batch": objectives("batch"),
  "slo-export": objectives("export"),
  "slo-webhook": objectives("webhook"),
  "slo-audit": objectives("audit"),
  "monitoring-silent": scraped,
  "metrics-missing": scraped,
  "metrics-partial": gauges("metrics_collector_up", "collector", (value, collector) =>
    value === 1 ? ["ok", "collected"] : [collector === "shards" ? "fail" : "warn", "missing"],
  ),
  "dependency-down": ({ ready }) =>
    ready.ok
      ? ready.value.checks.map(({ name, ok, duration_ms }) =>
          finding(name, ok ? "ok" : "fail", ok ? `${Math.round(duration_ms)} ms` : "does not answer"),
        )
      : unseen("dependencies", ready),
  "http-errors": httpErrors,
  "cache-ratio": cacheRatio,
  "llm-cost": grown("llm_cost_dollars_total", "dollars", () => "ok"),
  "provider-cost": grown("ma_api_costs_euros_total", "euros", () => "ok"),
  "dead-letters": gauges("dead_letters_open", "queue", (open) => [open > 0 ? "warn" : "ok", `${open} open`]),
  "provider-breaker": ({ detailed }) =>
    detailed.ok
      ? detailed.value.providers
          .filter(({ enabled }) => enabled)
          .map(({ name, breaker }) =>
            finding(name, breaker?.state === "closed" ? "ok" : "warn", breaker?.state ?? "does not answer"),
          )
      : unseen("providers", detailed),
  "limiter-degraded": grown("limiter_degraded_total", "requests not counted", warnAbove(0)),
  "queue-backlog": queues,
  "cron-not-run": crons,
  "audit-chain-broken": brokenChains,
  "audit-chain-behind": gauges("audit_records_waiting", null, (waiting) => [
    waiting > THRESHOLDS.auditRecordsWaiting ? "warn" : "ok",
    `${waiting} records wait`,
  ]),
  "batches-failing": grown("ma_batches_total", "failed", warnAbove(0), ({ status }) => status === "failed"),
  "exports-failing": grown(
    "ma_exports_total",
    "failed through us",
    warnAbove(0),
    ({ status }) => status === "failed",
  ),
  "webhooks-overdue": gauges("webhook_deliveries_overdue", null, (overdue) => [
    overdue > THRESHOLDS.deliveriesOverdue ? "warn" : "ok",
    `${overdue} due and not attempted`,
  ]),
  "webhooks-given-up": grown(
    "webhook_attempts_total",
    "given up",
    warnAbove(0),
    ({ result }) => result === "given_up",
  ),
  "data-key-old": gauges("key_age_seconds", "purpose", (age, purpose) => {
    const life = Object.entries(KEY_LIFE_DAYS).find(([name]) => name === purpose)?.[1] ?? Infinity;
    const old = age > (life + THRESHOLDS.keyGraceDays) * DAY;
    return [old ? "warn" : "ok", `${Math.floor(age / DAY)} days of ${life}`];
  }),
  "unexpected-errors": grown("errors_reported_total", "errors", warnAbove(0)),
  "slow-queries": grown("db_slow_queries_total", "slow round trips", warnAbove(0)),
  "repeated-queries": grown("db_repeated_queries_total", "requests", warnAbove(0)),
};

function objectives(kind: SloKind): Check {
  return ({ slo }) => {
    if (!slo.ok) return unseen(kind, slo);
    return slo.value.slos
      .filter((one) => one.kind === kind)
      .map(({ id, status, sli, events, burn, budget }) => {
        const few = budget.spent < LEAST_BAD;
        const level = ({ met: "ok", no_data: "ok", at_risk: "warn", spent: few ? "warn" : "fail" } as const)[
          status
        ];
        if (sli === null) return finding(id, level, "no events");
        const left = budget.left_ratio === null ? "" : `, budget left ${percent(budget.left_ratio)}`;
        const fast = burn["1h"] ?? 0;
        return finding(
          id,
          level,
          `${percent(sli)} of ${events} good${left}, burn ${fast.toFixed(1)} over 1h`,
        );
      });
  };
}

/** Each series of a gauge, named by one of its labels. */
function gauges(
  name: MetricName,
  label: string | null,
  judge: (value: number, of: string) => [Level, string],
): Check {
  return ({ metrics }) => {
    if (!metrics.ok) return unseen(name, metrics);
    const found = samplesOf(metrics.value, name);
    if (found.length === 0)
      return [finding(name, "warn", "not on the page: there is none yet, or see metrics-partial")];
    return found.map(({ labels, value }) => {
      const of = label === null ? name : (labels[label] ?? name);
      return finding(of, ...judge(value, of));
    });
  };
}

/** A counter: how far it is, and what came to it while we looked on, which is judged. */
function grown(
  name: MetricName,
  unit: string,
  ...[judge, where]: [(growth: number) => Level, ((labels: Sample["labels"]) => boolean)?]
): Check {
  return (seen) => {
    const pages = bothPages(seen);
    if (!pages.ok) return unseen(name, pages);
    const growth = growthOf(seen, name, where);
    const all = total(pages.value, name, where);
    return [
      finding(name, judge(growth), `${amount(growth)} ${unit} in ${seen.seconds} s, ${amount(all)} in all`),
    ];
  };
}

/** The later page, when the counters are on both of them. */
function bothPages({ metrics, later }: Observation): Seen<Sample[]> {
  const first = counted(metrics);
  return first.ok ? counted(later) : first;
}

function warnAbove(most: number): (growth: number) => Level {
  return (growth) => (growth > most ? "warn" : "ok");
}

const MONITORING = new RegExp(`^(?:${MONITORING_ROUTES})$`);

/** Not of monitoring, which asks day and night: this program among them. */
function isClients({ endpoint = "" }: Sample["labels"]): boolean {
  return !MONITORING.test(endpoint);
}

function httpErrors(seen: Observation): Finding[] {
  const pages = bothPages(seen);
  if (!pages.ok) return unseen("answers", pages);
  const all = growthOf(seen, "http_requests_total", isClients);
  const errors = growthOf(
    seen,
    "http_requests_total",
    (labels) => isClients(labels) && labels["status"]?.startsWith("5") === true,
  );
  const ratio = all === 0 ? 0 : errors / all;
  const level = ratio > THRESHOLDS.errorRatio ? "fail" : errors > 0 ? "warn" : "ok";
  return [finding("answers", level, `${errors} of ${all} were 5xx in ${seen.seconds} s`)];
}

function cacheRatio(seen: Observation): Finding[] {
  const later = counted(seen.later);
  if (!later.ok) return unseen("company reads", later);
  const hits = total(later.value, "cache_hits_total", ({ kind }) => kind === "company");
  const misses = total(
    later.value,
    "cache_misses_total",
    ({ kind, layer }) => kind === "company" && layer === "postgres",
  );
  const reads = hits + misses;
  const low = reads >= THRESHOLDS.leastCacheReads && hits / reads < THRESHOLDS.cacheHitRatio;
  const figure = reads === 0 ? "no reads" : `${percent(hits / reads)} of ${reads} answered by caches, in all`;
  return [finding("company reads", low ? "warn" : "ok", figure)];
}

function queues({ at, detailed }: Observation): Finding[] {
  if (!detailed.ok) return unseen("queues", detailed);
  return detailed.value.queues.map(({ name, paused, oldest_message_at: oldest }) => {
    if (paused === true) return finding(name, "warn", "paused");
    const age = oldest === null ? 0 : (at - Date.parse(oldest)) / 1_000;
    return finding(
      name,
      age > THRESHOLDS.queueAgeSeconds ? "warn" : "ok",
      `oldest message ${Math.round(age)} s`,
    );
  });
}

/** A nightly job that never succeeded may not have been due: how long the service runs is told by the most frequent. */
function crons(seen: Observation): Finding[] {
  const page = counted(seen.metrics);
  if (!page.ok) return unseen("jobs", page);
  const found = samplesOf(page.value, "cron_last_success_timestamp_seconds");
  const counting = countingSeconds(page.value);
  return Object.entries(SCHEDULE).flatMap(([cron, jobs]) =>
    jobs.map(({ name }) => {
      const late = 2 * (CRON_PERIODS[cron] ?? DAY);
      const last = found.find(({ labels }) => labels["cron_job"] === name)?.value;
      if (last === undefined) {
        const due = cron === MOST_FREQUENT || counting >= late;
        return finding(name, due ? "warn" : "ok", due ? "never succeeded yet" : "not yet: it was not due");
      }
      const age = Math.max(0, seen.at / 1_000 - last);
      return finding(name, age > late ? "fail" : "ok", `succeeded ${Math.round(age / 60)} min ago`);
    }),
  );
}

/** How long there have been runs, at least. */
function countingSeconds(page: readonly Sample[]): number {
  const runs = (SCHEDULE[MOST_FREQUENT] ?? []).map(({ name }) =>
    total(page, "cron_runs_total", ({ cron_job }) => cron_job === name),
  );
  return Math.max(0, ...runs) * (CRON_PERIODS[MOST_FREQUENT] ?? 0);
}

/** By what came while we looked on, and by whether the objective burns: a break of long ago is told and does not count. */
function brokenChains(seen: Observation): Finding[] {
  const pages = bothPages(seen);
  if (!pages.ok) return unseen("verifications", pages);
  const broken = growthOf(seen, "audit_verifications_total", isBroken);
  const all = total(pages.value, "audit_verifications_total", isBroken);
  const burns =
    seen.slo.ok &&
    seen.slo.value.slos.some(
      ({ kind, burn }) => kind === "audit" && Math.max(burn["1h"] ?? 0, burn["6h"] ?? 0) > 0,
    );
  const recent = broken > 0 || (all > 0 && burns);
  const figure = `${broken} found a broken chain in ${seen.seconds} s, ${all} in all${recent ? ", some of the last hours" : ""}`;
  return [finding("verifications", recent ? "fail" : "ok", figure)];
}

function isBroken({ result }: Sample["labels"]): boolean {
  return result === "broken";
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio > 0.99 && ratio < 1 ? 3 : 1)} %`;
}

function amount(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
