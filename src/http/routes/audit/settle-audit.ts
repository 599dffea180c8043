import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";

const PATIENCE_MS = 1_000;

/**
 * Lets the chain take what waits, so that people see what they just did. Waits for a second at most and never
 * throws: without the chain a list is a little behind.
 */
export async function settleAudit(context: Context<AppEnv>): Promise<void> {
  const { audit } = context.get("isolate").services;
  const settled = audit.poke(context.get("principal").organisationId);
  context.executionCtx.waitUntil(settled);
  await Promise.race([settled, scheduler.wait(PATIENCE_MS)]);
}
