import { describeError } from "../observability/describe-error.ts";
import { metrics } from "../observability/metric-buffer.ts";
import type { Background } from "../observability/tracing.ts";
import { tellWork } from "../observability/wide-event.ts";
import type { Services } from "../services.ts";
import { anchorAudit } from "./jobs/anchor-audit.ts";
import { createPartitions } from "./jobs/create-partitions.ts";
import { drainAudit } from "./jobs/drain-audit.ts";
import { dropPartitions } from "./jobs/drop-partitions.ts";
import { judgeSlos } from "./jobs/judge-slos.ts";
import { purgeChanges } from "./jobs/purge-changes.ts";
import { purgeExports } from "./jobs/purge-exports.ts";
import { purgeInbound } from "./jobs/purge-inbound.ts";
import { purgeSessions } from "./jobs/purge-sessions.ts";
import { purgeWebhooks } from "./jobs/purge-webhooks.ts";
import { resendDeliveries } from "./jobs/resend-deliveries.ts";
import { resendInbound } from "./jobs/resend-inbound.ts";
import { purgeTasks } from "./jobs/purge-tasks.ts";
import { reapExports } from "./jobs/reap-exports.ts";
import { reapTasks } from "./jobs/reap-tasks.ts";
import { refreshAnalytics } from "./jobs/refresh-analytics.ts";
import { refreshWatched } from "./jobs/refresh-watched.ts";
import { rotateKeys } from "./jobs/rotate-keys.ts";
import { settleReservations } from "./jobs/settle-reservations.ts";
import { watchCompanies } from "./jobs/watch-companies.ts";
import { writeProfile } from "./jobs/write-profile.ts";

export interface CronJob {
  name: string;
  run: (services: Services) => Promise<void>;
}

/** What runs when. A test compares the expressions with wrangler.toml. */
export const SCHEDULE: Record<string, CronJob[]> = {
  "*/5 * * * *": [
    { name: "settle_reservations", run: settleReservations },
    { name: "drain_audit", run: drainAudit },
    { name: "reap_tasks", run: reapTasks },
    { name: "reap_exports", run: reapExports },
    { name: "resend_inbound", run: resendInbound },
    { name: "resend_deliveries", run: resendDeliveries },
    { name: "judge_slos", run: judgeSlos },
  ],
  "7 * * * *": [
    { name: "anchor_audit", run: anchorAudit },
    { name: "watch_companies", run: watchCompanies },
  ],
  "17 2 * * *": [
    { name: "create_partitions", run: createPartitions },
    { name: "drop_partitions", run: dropPartitions },
    { name: "rotate_keys", run: rotateKeys },
    { name: "purge_sessions", run: purgeSessions },
    { name: "purge_tasks", run: purgeTasks },
    { name: "purge_exports", run: purgeExports },
    { name: "purge_inbound", run: purgeInbound },
    { name: "purge_webhooks", run: purgeWebhooks },
    { name: "purge_changes", run: purgeChanges },
    { name: "refresh_sector_references", run: async ({ sectors }) => sectors.refresh() },
    { name: "refresh_analytics", run: refreshAnalytics },
    // Last: it takes whatever time the night's watch lists ask for.
    { name: "refresh_watched", run: refreshWatched },
  ],
  "41 3 * * MON": [{ name: "write_profile", run: writeProfile }],
};

/** Instants in ms. */
function countRun(job: string, result: "ok" | "failed", time: { started: number; ended: number }): void {
  metrics.count("cron_runs_total", { cron_job: job, result });
  metrics.observe("cron_run_duration_seconds", { cron_job: job }, (time.ended - time.started) / 1_000);
  if (result === "ok")
    metrics.set("cron_last_success_timestamp_seconds", { cron_job: job }, time.ended / 1_000);
}

/** Runs every job of an expression; one that fails does not stop the others, and fails the run at the end. */
export async function runScheduled(
  services: Services,
  expression: string,
  background: Background,
): Promise<void> {
  const failures: unknown[] = [];
  for (const job of SCHEDULE[expression] ?? []) {
    const entry = { kind: "cron", name: job.name, caller: null } as const;
    await services.telemetry.enter(entry, background, async (work) => {
      const started = services.now();
      const tell = (level: "info" | "error"): void =>
        tellWork(services.telemetry, work, { level, durationMs: services.now() - started });
      try {
        await job.run(services);
        countRun(job.name, "ok", { started, ended: services.now() });
        work.add({ ok: true });
        tell("info");
      } catch (error) {
        failures.push(error);
        countRun(job.name, "failed", { started, ended: services.now() });
        work.add({ ok: false, error: describeError(error) });
        services.telemetry.report(error, work, background);
        tell("error");
      }
    });
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `cron ${expression}: ${failures.length} failed`);
}
