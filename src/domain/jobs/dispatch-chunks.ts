import type { EngineDeps } from "./engine.ts";
import { CHUNKS_AHEAD, CHUNKS_OPEN, type Task } from "./task.ts";

type DispatchDeps = Pick<EngineDeps, "tasks" | "queue" | "now">;

/**
 * Sends a task's next chunks, as many as it may have in the queue at once: the chunks of a long task must not stand in
 * front of those of a short one. What is claimed and not sent, because we were cut, the reaper sends.
 */
export async function dispatchChunks({ tasks, queue, now }: DispatchDeps, { id }: Task): Promise<void> {
  const { from, to } = await tasks.claimChunks(
    id,
    { due: CHUNKS_AHEAD, open: CHUNKS_OPEN },
    new Date(now()).toISOString(),
  );
  const chunks = Array.from({ length: to - from }, (_, index) => from + index);
  if (chunks.length > 0)
    await queue.send(chunks.map((chunk) => ({ type: "task.chunk", task_id: id, chunk })));
}
