import { breakerState, BREAKER_STATES } from "../domain/enrichment/breaker-state.ts";
import { QUEUE_NAMES } from "../domain/operations/queue-name.ts";
import type { MetricBuffer } from "../observability/metric-buffer.ts";
import { SLOS } from "../observability/slos.ts";
import { sloReport } from "../observability/slo-report.ts";
import { API_VERSION } from "../openapi/document.ts";
import type { Services } from "../services.ts";
import { readOpenWork } from "../storage/postgres/open-work-reader.ts";
import { type Activity, readUpkeep } from "../storage/postgres/vitals-reader.ts";
import { checkDependencies } from "./health-checks.ts";

export type Gauges = Pick<MetricBuffer, "set">;

export async function collectQueues({ operations, now }: Services, gauges: Gauges): Promise<void> {
  const read = await Promise.all(QUEUE_NAMES.map(async (name) => operations.queues.gauge(name)));
  for (const [at, { backlogCount, oldestMessageAt }] of read.entries()) {
    const queue = QUEUE_NAMES[at] ?? "";
    if (backlogCount === null) throw new Error("a queue does not say what it holds");
    gauges.set("queue_depth", { queue }, backlogCount);
    const seconds = oldestMessageAt === null ? 0 : Math.max(0, now() - Date.parse(oldestMessageAt)) / 1_000;
    gauges.set("queue_oldest_message_seconds", { queue }, seconds);
  }
}

export async function collectWork({ database, now }: Services, gauges: Gauges): Promise<void> {
  const work = await readOpenWork(database, now());
  const open = {
    batch: [work.tasks.queued, work.tasks.running],
    export: [work.exports.queued, work.exports.running],
    webhook_delivery: [work.deliveries.pending, 0],
    inbound_event: [work.inbound.received, 0],
  };
  for (const [kind, [queued = 0, running = 0]] of Object.entries(open)) {
    gauges.set("jobs_open", { work: kind, status: "queued" }, queued);
    gauges.set("jobs_open", { work: kind, status: "running" }, running);
  }
  for (const name of [...QUEUE_NAMES, null]) {
    const letters = work.letters.filter(({ queue }) => queue === name);
    const total = letters.reduce((sum, letter) => sum + letter.open, 0);
    gauges.set("dead_letters_open", { queue: name ?? "unknown" }, total);
  }
}

export async function collectUpkeep({ database, now }: Services, gauges: Gauges): Promise<void> {
  const { waiting, keys } = await readUpkeep(database, now());
  gauges.set("audit_records_waiting", {}, waiting);
  for (const { purpose, age } of keys) gauges.set("key_age_seconds", { purpose }, Math.max(0, age));
}

export async function collectProviders({ config, gates, now }: Services, gauges: Gauges): Promise<void> {
  await Promise.all(
    config.sources.enabled.map(async (provider) => {
      const state = breakerState(await gates.inspect(provider), now());
      gauges.set("provider_breaker_state", { provider }, BREAKER_STATES.indexOf(state));
    }),
  );
}

export async function collectDependencies(services: Services, gauges: Gauges): Promise<void> {
  for (const { name, ok } of await checkDependencies(services)) {
    gauges.set("dependency_up", { dependency: name }, ok ? 1 : 0);
  }
}

export async function collectSlos({ runtime, now }: Services, gauges: Gauges): Promise<void> {
  const standings = sloReport(await runtime.slos.totals(now()));
  for (const { id, objective } of SLOS) gauges.set("slo_objective_ratio", { slo: id }, objective);
  for (const { slo, leftRatio } of standings) {
    gauges.set("slo_error_budget_remaining_ratio", { slo: slo.id }, leftRatio ?? 1);
  }
}

export function setActivity(gauges: Gauges, activity: Activity): void {
  for (const [actor, counts] of [
    ["user", activity.users],
    ["key", activity.keys],
  ] as const) {
    for (const [window, count] of Object.entries(counts))
      gauges.set("ma_active_users", { actor, window }, count);
  }
}

export function setBuild({ config, runtime }: Services, gauges: Gauges): void {
  const build = runtime.build.tag === "" ? runtime.build.id : runtime.build.tag;
  const version = build === "" ? API_VERSION : `${API_VERSION}+${build}`;
  gauges.set("build_info", { version, environment: config.environment }, 1);
}
