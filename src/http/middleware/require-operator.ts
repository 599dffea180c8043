import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { RequestRefused } from "../request-invalid.ts";

/** The operator's own organisations, and nothing that was made for tests: to be mounted after `requireScope`. */
export const requireOperator = createMiddleware<AppEnv>(async (context, next) => {
  const { plan, mode } = context.get("principal");
  if (plan !== "admin" || mode !== "live") throw new RequestRefused("operations.operator_only");
  await next();
});
