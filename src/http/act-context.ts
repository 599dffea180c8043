import type { Context } from "hono";
import type { ActContext } from "../domain/audit/audit-record.ts";
import { newId } from "../lib/new-id.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import type { AppEnv } from "./app-env.ts";
import { clientAddress } from "./client-address.ts";

/** Who acts from where, for use cases that are audited. */
export function actContext(context: Context<AppEnv>): ActContext {
  const now = context.get("isolate").services.now();
  return {
    origin: {
      address: clientAddress(context.req.raw),
      userAgent: context.req.header("user-agent") ?? null,
      requestId: context.get("requestId"),
    },
    now,
    newId: (prefix) => newId(prefix, now, randomBytes),
  };
}

/** After an audited act: its chain takes the record while the answer is already on its way. */
export function pokeAudit(context: Context<AppEnv>, organisationId: string): void {
  const { audit } = context.get("isolate").services;
  context.executionCtx.waitUntil(audit.poke(organisationId));
}
