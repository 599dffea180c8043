import { reapTasks as reap } from "../../domain/jobs/reap-tasks.ts";
import type { Services } from "../../services.ts";

/** Sends again what was lost of tasks, and deletes uploads that nobody will read. */
export async function reapTasks({ jobs, log, now }: Pick<Services, "jobs" | "log" | "now">): Promise<void> {
  await reap({ upkeep: jobs.upkeep, queue: jobs.queues, uploads: jobs.uploads, log, now });
}
