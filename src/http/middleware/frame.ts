import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { requestIdOf } from "../request-id.ts";
import { DATA_SECURITY } from "../security-headers.ts";

const SECURITY = Object.entries(DATA_SECURITY);

/** Answers made with these headers have them all: a cached read does not pay for setting them one by one. */
function secure(headers: Headers): void {
  if (headers.has("strict-transport-security")) return;
  for (const [name, value] of SECURITY) if (!headers.has(name)) headers.set(name, value);
}

/** What every answer carries, whoever made it. */
export const frame = createMiddleware<AppEnv>(async (context, next) => {
  const requestId = requestIdOf(context.req.raw);
  context.set("requestId", requestId);
  await next();
  const { headers } = context.res;
  headers.set("x-request-id", requestId);
  const limits = context.get("limitHeaders");
  if (limits !== undefined) for (const [name, value] of Object.entries(limits)) headers.set(name, value);
  if (context.get("principal")?.mode === "test") headers.set("x-mode", "test");
  secure(headers);
});
