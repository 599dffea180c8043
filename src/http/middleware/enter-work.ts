import { createMiddleware } from "hono/factory";
import { currentWork, inWork } from "../../observability/work.ts";
import type { AppEnv } from "../app-env.ts";

/**
 * From here on whatever runs finds the request's work by itself: queries, spans, events. What was answered from memory
 * needs none of that, and does not pay for it.
 */
export const enterWork = createMiddleware<AppEnv>(async (context, next) => {
  const work = context.get("work");
  if (work === undefined || currentWork() === work) return next();
  return inWork(work, next);
});
