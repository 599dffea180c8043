import { SYSTEM_CHAIN } from "../../domain/audit/audit-record.ts";
import { processNotification } from "../../domain/webhooks/inbound/process-notification.ts";
import type { Handler } from "../dispatch.ts";

export const hookReceived: Handler<"hook.received"> = async (services, { inbound_id }) => {
  const { webhooks, flights, layers, config, audit, now } = services;
  const poke = async (): Promise<void> => audit.poke(SYSTEM_CHAIN);
  const { inbound } = webhooks;
  const deps = { inbound, flights, layers, sources: config.sources.defaults, now, poke };
  await processNotification(deps, inbound_id);
};
