import { watchCompanies as watch } from "../../domain/pipeline/watch-companies.ts";
import type { Services } from "../../services.ts";
import { systemAct } from "../system-act.ts";

/** What changed of watched companies since the last run is told, whoever had them enriched. */
export async function watchCompanies({
  pipeline,
  jobs,
  log,
  now,
}: Pick<Services, "pipeline" | "jobs" | "log" | "now">): Promise<void> {
  await watch({ watch: pipeline.watch, queue: jobs.queues, log, act: systemAct(now()) });
}
