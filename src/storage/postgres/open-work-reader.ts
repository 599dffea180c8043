import { z } from "zod";
import type { OpenWork } from "../../domain/operations/open-work.ts";
import { type Database, query } from "./database.ts";

/** The driver gives counts as text. */
const whole = z.coerce.number().int();
const moment = z.iso
  .datetime({ offset: true })
  .nullable()
  .transform((text) => (text === null ? null : new Date(text).toISOString()));

const Row = z.object({
  tasks: z.object({ queued: whole, running: whole, oldest_at: moment }),
  rows: z.object({ open: whole }),
  exports: z.object({ queued: whole, running: whole, oldest_at: moment }),
  deliveries: z.object({ pending: whole, overdue: whole }),
  inbound: z.object({ received: whole, failed: whole, oldest_at: moment }),
  letters: z.array(z.object({ queue: z.string().nullable(), reason: z.string(), open: whole })),
});

/** $1 now. Partial indexes cover what is counted; rows of open tasks only. */
const OPEN_WORK = `
select
  (select jsonb_build_object('queued', count(*) filter (where status = 'queued'),
    'running', count(*) filter (where status = 'running'), 'oldest_at', min(created_at))
   from tasks where status in ('queued', 'running')) as tasks,
  (select jsonb_build_object('open', count(*)) from task_rows where outcome is null) as rows,
  (select jsonb_build_object('queued', count(*) filter (where status = 'queued'),
    'running', count(*) filter (where status = 'running'), 'oldest_at', min(created_at))
   from exports where status in ('queued', 'running')) as exports,
  (select jsonb_build_object('pending', count(*),
    'overdue', count(*) filter (where next_attempt_at < $1::timestamptz))
   from webhook_deliveries where status = 'pending') as deliveries,
  (select jsonb_build_object('received', count(*) filter (where status = 'received'),
    'failed', count(*) filter (where status = 'failed'),
    'oldest_at', min(received_at) filter (where status = 'received'))
   from inbound_events where status <> 'processed') as inbound,
  (select coalesce(jsonb_agg(to_jsonb(l) order by l.queue, l.reason), '[]') from (
    select queue, reason, count(*) as open from dead_letters where status = 'open' group by queue, reason) l
  ) as letters`;

/** What is left to do, by the system of record. Throws `StorageUnavailable`. */
export async function readOpenWork(db: Database, now: number): Promise<OpenWork> {
  const [found] = await query(db, OPEN_WORK, [new Date(now).toISOString()]);
  const { tasks, rows, exports, deliveries, inbound, letters } = Row.parse(found);
  return {
    tasks: { queued: tasks.queued, running: tasks.running, oldestAt: tasks.oldest_at, openRows: rows.open },
    exports: { queued: exports.queued, running: exports.running, oldestAt: exports.oldest_at },
    deliveries,
    inbound: { received: inbound.received, failed: inbound.failed, oldestAt: inbound.oldest_at },
    letters,
  };
}
