import { SCHEDULE } from "../../src/cron/schedule.ts";
import { KEY_LIFE_DAYS } from "../../src/domain/accounts/rotate-keyring.ts";
import type { SloKind } from "../../src/observability/slos.ts";
import type { MetricName } from "../../src/observability/metrics.ts";
import { THRESHOLDS } from "../monitoring/thresholds.ts";
import { CRON_PERIODS } from "../monitoring/work-alerts.ts";
import {
  type Check,
  type Checks,
  type Finding,
  finding,
  growthOf,
  type Level,
  samplesOf,
  total,
  unseen,
} from "./check.ts";
import type { Sample } from "./metric-page.ts";
import type { Observation } from "./observe-service.ts";

const DAY = 86_400;
/** Fewer bad events are chance, as in the alerts. */
const LEAST_BAD = 5;

/** What each runbook has looked at first. */
export const CHECKS: Checks = {
  "slo-latency": objectives("latency"),
  "slo-errors": objectives("errors"),
  "slo-availability": objectives("availability"),
  "slo-batch": objectives("batch"),
  "slo-export": objectives("export"),
  "slo-webhook": objectives("webhook"),
  "slo-audit": objectives("audit"),
  "metrics-missing": ({ health, metrics }) => [
    ...(health.ok ? [finding("service", "ok", "answers")] : unseen("service", health)),
    ...(metrics.ok
      ? [finding("metrics", "ok", `${metrics.value.length} samples`)]
      : unseen("metrics", metrics)),
  ],
  "metrics-partial": gauges("metrics_collector_up", "collector", (value) =>
    value === 1 ? ["ok", "collected"] : ["warn", "missing"],
  ),
  "dependency-down": ({ ready }) =>
    ready.ok
      ? ready.value.checks.map(({ name, ok, duration_ms }) =>
          finding(name, ok ? "ok" : "fail", ok ? `${Math.round(duration_ms)} ms` : "does not answer"),
        )
      : unseen("dependencies", ready),
  "http-errors": httpErrors,
  "cache-ratio": cacheRatio,
  "llm-cost": counted("llm_cost_dollars_total", "dollars", () => "ok"),
  "provider-cost": counted("ma_api_costs_euros_total", "euros", () => "ok"),
  "dead-letters": gauges("dead_letters_open", "queue", (open) => [open > 0 ? "warn" : "ok", `${open} open`]),
  "provider-breaker": ({ detailed }) =>
    detailed.ok
      ? detailed.value.providers
          .filter(({ enabled }) => enabled)
          .map(({ name, breaker }) =>
            finding(name, breaker?.state === "closed" ? "ok" : "warn", breaker?.state ?? "does not answer"),
          )
      : unseen("providers", detailed),
  "limiter-degraded": counted("limiter_degraded_total", "requests not counted", warnAbove(0)),
  "queue-backlog": queues,
  "cron-not-run": crons,
  "audit-chain-broken": brokenChains,
  "audit-chain-behind": gauges("audit_records_waiting", null, (waiting) => [
    waiting > THRESHOLDS.auditRecordsWaiting ? "warn" : "ok",
    `${waiting} records wait`,
  ]),
  "webhooks-given-up": counted(
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
  "unexpected-errors": counted("errors_reported_total", "errors", warnAbove(0)),
  "slow-queries": counted("db_slow_queries_total", "slow round trips", warnAbove(0)),
  "repeated-queries": counted("db_repeated_queries_total", "requests", warnAbove(0)),
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
function counted(
  name: MetricName,
  unit: string,
  ...[judge, where]: [(growth: number) => Level, ((labels: Sample["labels"]) => boolean)?]
): Check {
  return (seen) => {
    if (!seen.later.ok) return unseen(name, seen.later);
    const growth = growthOf(seen, name, where);
    const all = total(seen.later.value, name, where);
    return [
      finding(name, judge(growth), `${amount(growth)} ${unit} in ${seen.seconds} s, ${amount(all)} in all`),
    ];
  };
}

function warnAbove(most: number): (growth: number) => Level {
  return (growth) => (growth > most ? "warn" : "ok");
}

function httpErrors(seen: Observation): Finding[] {
  if (!seen.later.ok) return unseen("answers", seen.later);
  const all = growthOf(seen, "http_requests_total");
  const errors = growthOf(seen, "http_requests_total", ({ status }) => status?.startsWith("5") === true);
  const ratio = all === 0 ? 0 : errors / all;
  const level = ratio > THRESHOLDS.errorRatio ? "fail" : errors > 0 ? "warn" : "ok";
  return [finding("answers", level, `${errors} of ${all} were 5xx in ${seen.seconds} s`)];
}

function cacheRatio({ later }: Observation): Finding[] {
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

/** A job that never succeeded is a warning only: a new service has none of the nightly ones. */
function crons({ at, metrics }: Observation): Finding[] {
  if (!metrics.ok) return unseen("jobs", metrics);
  const found = samplesOf(metrics.value, "cron_last_success_timestamp_seconds");
  return Object.entries(SCHEDULE).flatMap(([cron, jobs]) =>
    jobs.map(({ name }) => {
      const last = found.find(({ labels }) => labels["cron_job"] === name)?.value;
      if (last === undefined) return finding(name, "warn", "never succeeded yet");
      const age = Math.max(0, at / 1_000 - last);
      const late = age > 2 * (CRON_PERIODS[cron] ?? DAY);
      return finding(name, late ? "fail" : "ok", `succeeded ${Math.round(age / 60)} min ago`);
    }),
  );
}

function brokenChains({ later }: Observation): Finding[] {
  if (!later.ok) return unseen("verifications", later);
  const broken = total(later.value, "audit_verifications_total", ({ result }) => result === "broken");
  const all = total(later.value, "audit_verifications_total");
  return [
    finding("verifications", broken > 0 ? "fail" : "ok", `${broken} of ${all} found a broken chain, in all`),
  ];
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio > 0.99 && ratio < 1 ? 3 : 1)} %`;
}

function amount(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
