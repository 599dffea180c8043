import { z } from "zod";
import type { OpenWork } from "../../domain/operations/open-work.ts";
import { type Database, query } from "./database.ts";

/** The driver gives counts as text. */
const whole = z.coerce.number().int();
const moment = z.iso
  .datetime({ offset: true })
  .nullable()
  .transform((text) => (text === null ? null : new Date(text).toISOString()));

const Jobs = z.object({
  tasks: z.object({ queued: whole, running: whole, oldest_at: moment }),
  exports: z.object({ queued: whole, running: whole, oldest_at: moment }),
  deliveries: z.object({ pending: whole, overdue: whole }),
  inbound: z.object({ received: whole, oldest_at: moment }),
  letters: z.array(z.object({ queue: z.string().nullable(), reason: z.string(), open: whole })),
});
const Work = Jobs.extend({ rows: z.object({ open: whole }), failed: z.object({ inbound: whole }) });

/** $1 now. Indexes have all that is counted, and lead to nothing else. */
const OPEN_JOBS = `
select
  (select jsonb_build_object('queued', count(*) filter (where status = 'queued'),
    'running', count(*) filter (where status = 'running'), 'oldest_at', min(created_at))
   from tasks where status in ('queued', 'running')) as tasks,
  (select jsonb_build_object('queued', count(*) filter (where status = 'queued'),
    'running', count(*) filter (where status = 'running'), 'oldest_at', min(created_at))
   from exports where status in ('queued', 'running')) as exports,
  (select jsonb_build_object('pending', count(*),
    'overdue', count(*) filter (where next_attempt_at < $1::timestamptz))
   from webhook_deliveries where status = 'pending') as deliveries,
  (select jsonb_build_object('received', count(*), 'oldest_at', min(received_at))
   from inbound_events where status = 'received') as inbound,
  (select coalesce(jsonb_agg(to_jsonb(l) order by l.queue, l.reason), '[]') from (
    select queue, reason, count(*) as open from dead_letters where status = 'open' group by queue, reason) l
  ) as letters`;
/** What has to be searched for: an open batch may have 100,000 rows, and failed events are in no index. */
const OPEN_WORK = `${OPEN_JOBS},
  (select jsonb_build_object('open', count(*)) from task_rows where outcome is null) as rows,
  (select jsonb_build_object('inbound', count(*)) from inbound_events where status = 'failed') as failed`;

/** As `OpenWork`, without what has to be searched for. */
export type OpenJobs = ReturnType<typeof jobsOf>;

function jobsOf({ tasks, exports, deliveries, inbound, letters }: z.infer<typeof Jobs>) {
  return {
    tasks: { queued: tasks.queued, running: tasks.running, oldestAt: tasks.oldest_at },
    exports: { queued: exports.queued, running: exports.running, oldestAt: exports.oldest_at },
    deliveries,
    inbound: { received: inbound.received, oldestAt: inbound.oldest_at },
    letters,
  };
}

/** What is left to do, at the cost of looking into indexes: for whoever asks often. Throws `StorageUnavailable`. */
export async function readOpenJobs(db: Database, now: number): Promise<OpenJobs> {
  const [found] = await query(db, OPEN_JOBS, [new Date(now).toISOString()]);
  return jobsOf(Jobs.parse(found));
}

/** What is left to do, by the system of record. Throws `StorageUnavailable`. */
export async function readOpenWork(db: Database, now: number): Promise<OpenWork> {
  const [found] = await query(db, OPEN_WORK, [new Date(now).toISOString()]);
  const { rows, failed, ...row } = Work.parse(found);
  const jobs = jobsOf(row);
  return {
    ...jobs,
    tasks: { ...jobs.tasks, openRows: rows.open },
    inbound: { ...jobs.inbound, failed: failed.inbound },
  };
}
