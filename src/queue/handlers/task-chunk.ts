import { runChunk } from "../../domain/jobs/run-chunk.ts";
import type { Handler } from "../dispatch.ts";

export const taskChunk: Handler<"task.chunk"> = async ({ jobs }, { task_id, chunk }, slots) =>
  runChunk(jobs.engine, slots, { taskId: task_id, chunk });
