import type { EngineDeps } from "./engine.ts";
import type { TaskMessage } from "./ports.ts";

/** Why rows ended that no consumer could finish with. */
export const DEAD_LETTER = "dead_letter";

type BuryDeps = Pick<EngineDeps, "tasks" | "queue" | "board" | "now">;

/**
 * Ends the rest of a chunk that nobody could work on, as an error. A lost split or finalize is made up for by the
 * reaper: what kept it from being done may be over by then.
 */
export async function buryMessage(deps: BuryDeps, message: TaskMessage): Promise<void> {
  if (message.type !== "task.chunk") return;
  const part = { taskId: message.task_id, chunk: message.chunk };
  const at = new Date(deps.now()).toISOString();
  await deps.tasks.endOpenRows(part, { outcome: "upstream_error", reason: DEAD_LETTER }, at);
  const { counts } = await deps.tasks.tally(part);
  const { complete } = await deps.board.report(part.taskId, `chunk:${part.chunk}`, counts);
  if (complete) await deps.queue.send([{ type: "task.finalize", task_id: part.taskId }]);
}
