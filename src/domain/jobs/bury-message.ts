import type { EngineDeps } from "./engine.ts";
import { failTask } from "./finalize-task.ts";
import type { TaskMessage } from "./ports.ts";

/** Why rows ended that no consumer could finish with. */
export const DEAD_LETTER = "dead_letter";

type BuryDeps = Pick<EngineDeps, "tasks" | "queue" | "board" | "now">;

/**
 * Ends what a message that nobody could process leaves open, so that every task ends: the rest of a chunk as an error,
 * a task that can't be split as failed. A lost finalize is made up for by the reaper.
 */
export async function buryMessage(deps: BuryDeps, message: TaskMessage): Promise<void> {
  if (message.type === "task.split") return failTask(deps, message.task_id, "split_dead");
  if (message.type === "task.finalize") return;
  const part = { taskId: message.task_id, chunk: message.chunk };
  const at = new Date(deps.now()).toISOString();
  await deps.tasks.endOpenRows(part, { outcome: "upstream_error", reason: DEAD_LETTER }, at);
  const { counts } = await deps.tasks.tally(part);
  const { complete } = await deps.board.report(part.taskId, `chunk:${part.chunk}`, counts);
  if (complete) await deps.queue.send([{ type: "task.finalize", task_id: part.taskId }]);
}
