import { eventBody, type WebhookEvent } from "../../domain/webhooks/webhook-event.ts";
import type { Statement } from "./database.ts";

/**
 * Writes an event and one delivery for each endpoint of its organisation and mode that listens to it; nothing when none does,
 * or when it is written already. `only`: an SQL condition, its parameters numbered from $1, under which it happened.
 */
export function eventInsert(event: WebhookEvent, only?: Statement): Statement {
  const own = [event.id, event.organisationId, event.type, event.at, eventBody(event), event.mode];
  const condition = only?.text.replace(/\$(\d+)/g, (_, n: string) => `$${own.length + Number(n)}`) ?? "true";
  return {
    text: `
with listening as (
  select id from webhook_endpoints
  where organisation_id = $2 and mode = $6 and status = 'active' and $3 = any(events) and (${condition})),
written as (
  insert into webhook_events (id, organisation_id, type, created_at, body)
  select $1, $2, $3, $4::timestamptz, $5 where exists (select from listening)
  on conflict (id) do nothing returning id)
insert into webhook_deliveries (id, event_id, endpoint_id, origin, status, next_attempt_at, created_at)
select 'dlv_' || md5(written.id || listening.id), written.id, listening.id, 'event', 'pending',
  $4::timestamptz, $4::timestamptz
from written, listening`,
    params: [...own, ...(only?.params ?? [])],
  };
}
