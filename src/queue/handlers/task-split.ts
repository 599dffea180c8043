import { splitTask } from "../../domain/jobs/split-task.ts";
import type { Handler } from "../dispatch.ts";

export const taskSplit: Handler<"task.split"> = async ({ jobs }, { task_id }) =>
  splitTask(jobs.engine, task_id);
