import { finalizeTask } from "../../domain/jobs/finalize-task.ts";
import type { Handler } from "../dispatch.ts";

export const taskFinalize: Handler<"task.finalize"> = async ({ jobs }, { task_id }) =>
  finalizeTask(jobs.engine, task_id);
