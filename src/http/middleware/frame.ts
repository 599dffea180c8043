import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { requestIdOf } from "../request-id.ts";

/** What every answer carries, whoever made it. */
export const frame = createMiddleware<AppEnv>(async (context, next) => {
  const requestId = requestIdOf(context.req.raw);
  context.set("requestId", requestId);
  await next();
  const { headers } = context.res;
  headers.set("x-request-id", requestId);
  headers.set("x-content-type-options", "nosniff");
});
