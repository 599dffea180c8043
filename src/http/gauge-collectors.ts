import { breakerState, BREAKER_STATES } from "../domain/enrichment/breaker-state.ts";
import { QUEUE_NAMES, type QueueName } from "../domain/operations/queue-name.ts";
import type { MetricBuffer } from "../observability/metric-buffer.ts";
import { SLOS } from "../observability/slos.ts";
import { sloReport } from "../observability/slo-report.ts";
import { API_VERSION } from "../openapi/document.ts";
import type { Services } from "../services.ts";
import { readOpenJobs } from "../storage/postgres/open-work-reader.ts";
import { type Activity, readUpkeep } from "../storage/postgres/vitals-reader.ts";
import { checkDependencies } from "./health-checks.ts";

export type Gauges = Pick<MetricBuffer, "set">;

/** Waits for each of them; throws what the first that failed did. */
async function allOf(parts: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(parts)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

export async function collectQueues({ operations, now }: Services, gauges: Gauges): Promise<void> {
  const setPause = async (queue: QueueName): Promise<void> =>
    gauges.set("queue_paused", { queue }, (await operations.pauses.read(queue)) ? 1 : 0);
  const setDepth = async (queue: QueueName): Promise<void> => {
    const { backlogCount, oldestMessageAt } = await operations.queues.gauge(queue);
    if (backlogCount === null) throw new Error("a queue does not say what it holds");
    gauges.set("queue_depth", { queue }, backlogCount);
    gauges.set("queue_oldest_message_seconds", { queue }, secondsSince(oldestMessageAt, now()));
  };
  await allOf([...QUEUE_NAMES.map(setPause), ...QUEUE_NAMES.map(setDepth)]);
}

/** 0 where there is none. */
function secondsSince(moment: string | null, now: number): number {
  return moment === null ? 0 : Math.max(0, now - Date.parse(moment)) / 1_000;
}

export async function collectWork({ database, now }: Services, gauges: Gauges): Promise<void> {
  const at = now();
  const work = await readOpenJobs(database, at);
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
  gauges.set("webhook_deliveries_overdue", {}, work.deliveries.overdue);
  gauges.set("jobs_oldest_seconds", { work: "batch" }, secondsSince(work.tasks.oldestAt, at));
  gauges.set("jobs_oldest_seconds", { work: "export" }, secondsSince(work.exports.oldestAt, at));
  gauges.set("jobs_oldest_seconds", { work: "inbound_event" }, secondsSince(work.inbound.oldestAt, at));
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
  await allOf(
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
