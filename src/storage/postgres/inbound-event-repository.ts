import { z } from "zod";
import type {
  InboundEvent,
  InboundStatus,
  InboundStore,
  NewInboundEvent,
} from "../../domain/webhooks/inbound/ports.ts";
import { type Database, query } from "./database.ts";

const status = z.enum(["received", "processed", "failed"]);

/** The first writer's row, whether it is this one's or not. */
const RECEIVE = `
with written as (
  insert into inbound_events (id, channel, dedupe_key, body, sirens, status, received_at)
  values ($1, $2, $3, $4::jsonb, $5::text[], 'received', $6::timestamptz)
  on conflict (channel, dedupe_key) do nothing returning id, status)
select id, status, true as is_new from written
union all
select id, status, false from inbound_events
where channel = $2 and dedupe_key = $3 and not exists (select from written)`;

const Received = z.array(z.object({ id: z.string(), status, is_new: z.boolean() }));

const EventRow = z.object({
  id: z.string(),
  status,
  sirens: z.array(z.string()),
  received_at: z.date(),
});

const WaitingRow = z.object({ id: z.string(), received_at: z.date() });

export class InboundEventRepository implements InboundStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async receive(event: NewInboundEvent): Promise<{ id: string; status: InboundStatus; isNew: boolean }> {
    const { id, channel, dedupeKey, about, sirens, receivedAt } = event;
    const params = [id, channel, dedupeKey, JSON.stringify(about), sirens, receivedAt];
    const [row] = Received.parse(await query(this.#db, RECEIVE, params));
    // Two at the same moment: this statement began before the other one's row could be seen.
    if (row === undefined) return this.receive(event);
    return { id: row.id, status: row.status, isNew: row.is_new };
  }

  async load(id: string): Promise<InboundEvent | null> {
    const text = "select id, status, sirens, received_at from inbound_events where id = $1";
    const [row] = z.array(EventRow).parse(await query(this.#db, text, [id]));
    if (row === undefined) return null;
    return {
      id: row.id,
      status: row.status,
      sirens: row.sirens,
      receivedAt: row.received_at.toISOString(),
    };
  }

  async markProcessed(id: string, at: string): Promise<void> {
    const text = `
update inbound_events set status = 'processed', processed_at = $2::timestamptz, error = null
where id = $1 and status <> 'processed'`;
    await query(this.#db, text, [id, at]);
  }

  async markFailed(id: string, error: string): Promise<void> {
    const text =
      "update inbound_events set status = 'failed', error = $2 where id = $1 and status = 'received'";
    await query(this.#db, text, [id, error]);
  }

  async storedAmong(sirens: string[]): Promise<string[]> {
    const text = "select siren from companies where siren = any($1::text[]) order by siren";
    const rows = await query(this.#db, text, [sirens]);
    return z
      .array(z.object({ siren: z.string() }))
      .parse(rows)
      .map(({ siren }) => siren);
  }

  /** Received before `before` and not processed yet, newest first. */
  async waiting(before: string, limit: number): Promise<{ id: string; receivedAt: string }[]> {
    const text = `
select id, received_at from inbound_events
where status = 'received' and received_at < $1::timestamptz order by received_at desc limit $2`;
    const rows = await query(this.#db, text, [before, limit]);
    return z
      .array(WaitingRow)
      .parse(rows)
      .map(({ id, received_at }) => ({ id, receivedAt: received_at.toISOString() }));
  }

  /** Deletes at most `limit` events received before; how many there were. */
  async purge(before: string, limit: number): Promise<number> {
    const text = `
delete from inbound_events where id in (
  select id from inbound_events where received_at < $1::timestamptz limit $2) returning id`;
    return (await query(this.#db, text, [before, limit])).length;
  }
}
