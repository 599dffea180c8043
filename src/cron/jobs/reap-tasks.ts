import { reapTasks as reap } from "../../domain/jobs/reap-tasks.ts";
import type { Services } from "../../services.ts";

/** Sends again what was lost of tasks, ends those that can't begin, and deletes uploads that nobody will read. */
export async function reapTasks({ jobs, log, now }: Pick<Services, "jobs" | "log" | "now">): Promise<void> {
  const { tasks, board } = jobs.engine;
  await reap({ tasks, board, queue: jobs.queues, upkeep: jobs.upkeep, uploads: jobs.uploads, log, now });
}
