import type { Context } from "hono";
import type { AppEnv } from "./app-env.ts";
import { endpointOf } from "./endpoint.ts";

/** Tells the error tracker what a request met, by its route; what is expected now and then is not told. */
export function reportError(error: unknown, context: Context<AppEnv>): void {
  const work = context.get("work");
  if (work === undefined) return;
  work.name = `${context.req.method} ${endpointOf(context)}`;
  const { telemetry } = context.get("isolate").services;
  telemetry.report(error, work, (later) => context.executionCtx.waitUntil(later));
}
