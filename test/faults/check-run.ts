import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { z } from "zod";
import {
  type Counts,
  noCounts,
  OUTCOMES,
  RETRYABLE_OUTCOMES,
  TASK_STATUSES,
  totalOf,
} from "../../src/domain/jobs/task.ts";
import { taskEventId } from "../../src/domain/jobs/task-event.ts";
import { taskStatus } from "../../src/domain/jobs/task-status.ts";
import type { Database } from "../../src/storage/postgres/database.ts";
import { KNOWN_SIRENS } from "./plan.ts";
import type { ScheduleRun, WatchedTask } from "./schedule-run.ts";

/** Of one look-up, with its repetitions. */
const MOST_CALLS = 3;

/** Writes down every change of a row that had ended, whoever makes it. */
export async function watchEndedRows(database: Database): Promise<void> {
  await database.query(
    "create table if not exists changed_ends (task_id text, row_no int, before text, after text)",
  );
  await database.query(`
    create or replace function note_changed_end() returns trigger language plpgsql as $$
    begin
      insert into changed_ends values (old.task_id, old.row_no, old.outcome, coalesce(new.outcome, 'open') || ' again');
      return null;
    end $$`);
  await database.query(`
    create or replace trigger changed_end after update on task_rows for each row
    when (old.outcome is not null
      and (old.outcome, old.reason, old.ended_at) is distinct from (new.outcome, new.reason, new.ended_at))
    execute function note_changed_end()`);
}

const Counted = z
  .partialRecord(z.enum(OUTCOMES), z.int())
  .transform((counts): Counts => ({ ...noCounts(), ...counts }));

const Found = z.object({
  tasks: z.array(
    z.object({
      id: z.string(),
      parent_id: z.string().nullable(),
      status: z.enum(TASK_STATUSES),
      rows: z.int(),
      distinct_rows: z.int(),
      counts: Counted,
      upload_key: z.string().nullable(),
      stored: z.int(),
      last_row: z.int().nullable(),
      open: z.int(),
      outcomes: Counted,
    }),
  ),
  changed: z.array(z.unknown()),
  told_of: z.array(z.string()),
  ledger: z.array(
    z.object({
      siren: z.string(),
      settled: z.int(),
      presumed: z.int(),
      released: z.int(),
      reserved: z.int(),
    }),
  ),
  ledger_sums: z.object({ calls: z.int(), credits: z.int(), micros: z.int() }),
  months: z.object({ calls: z.int(), credits: z.int(), micros: z.int(), reserved: z.int() }),
  events: z.array(z.object({ id: z.string(), type: z.string(), body: z.string(), deliveries: z.int() })),
  deliveries: z.record(z.string(), z.int()),
  records: z.array(z.object({ id: z.string(), action: z.string(), resource: z.string() })),
  collected: z.array(z.string()),
});
type Found = z.infer<typeof Found>;

/** $1 organisation, $2 SIRENs that every schedule may name */
const FIND = `
with mine as (select * from tasks where organisation_id = $1),
counted as (select task_id, outcome, count(*)::int as n from task_rows where task_id in (select id from mine) group by 1, 2),
entries as (select * from ledger_entries where organisation_id = $1),
named as (
  select distinct siren from task_rows
  where task_id in (select id from mine) and siren is not null and siren <> all($2::text[]) and siren not like '999%'),
recorded as (
  select record ->> 'id' as id, record ->> 'action' as action, record #>> '{resource,id}' as resource
  from audit_outbox where organisation_id = $1
  union all select id, action, resource_id from audit_logs where organisation_id = $1)
select
  (select jsonb_agg(to_jsonb(mine) || jsonb_build_object(
    'stored', (select count(*) from task_rows r where r.task_id = mine.id),
    'last_row', (select max(row_no) from task_rows r where r.task_id = mine.id),
    'open', (select count(*) from task_rows r where r.task_id = mine.id and r.outcome is null),
    'outcomes', coalesce((select jsonb_object_agg(outcome, n) from counted c
      where c.task_id = mine.id and c.outcome is not null), '{}'))) from mine) as tasks,
  (select coalesce(jsonb_agg(c), '[]') from changed_ends c where c.task_id in (select id from mine)) as changed,
  (select coalesce(jsonb_agg(distinct r.siren), '[]') from task_rows r join named using (siren)
    where r.task_id in (select id from mine) and r.outcome in ('enriched', 'partial')) as told_of,
  (select coalesce(jsonb_agg(e), '[]') from (
    select siren, count(*) filter (where state = 'settled') as settled,
      count(*) filter (where state = 'presumed') as presumed, count(*) filter (where state = 'released') as released,
      count(*) filter (where state = 'reserved') as reserved
    from entries group by siren) e) as ledger,
  (select jsonb_build_object('calls', count(*) filter (where state in ('settled', 'presumed')),
    'credits', coalesce(sum(credits), 0), 'micros', coalesce(sum(micros), 0)) from entries) as ledger_sums,
  (select jsonb_build_object('calls', coalesce(sum(calls), 0), 'credits', coalesce(sum(spent_credits), 0),
    'micros', coalesce(sum(spent_micros), 0), 'reserved', coalesce(sum(reserved_micros), 0))
    from usage_months where organisation_id = $1) as months,
  (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'type', type, 'body', body, 'deliveries',
    (select count(*) from webhook_deliveries d where d.event_id = v.id))), '[]')
    from webhook_events v where organisation_id = $1) as events,
  (select coalesce(jsonb_object_agg(status, n), '{}') from (
    select d.status, count(*) as n from webhook_deliveries d join webhook_events v on v.id = d.event_id
    where v.organisation_id = $1 group by 1) s) as deliveries,
  (select coalesce(jsonb_agg(r), '[]') from recorded r) as records,
  (select coalesce(jsonb_agg(c.siren), '[]') from companies c join named using (siren)) as collected`;

/** After a schedule, whatever happened in it. */
export async function checkRun(run: ScheduleRun): Promise<void> {
  const { database, organisationId } = run.world;
  const [row] = await database.query(FIND, [organisationId, KNOWN_SIRENS]);
  const found = Found.parse(row);
  expect(found.changed, "rows that ended twice").toEqual([]);
  expect(found.tasks.map(({ id }) => id).sort()).toEqual(run.tasks.map(({ id }) => id).sort());
  for (const task of run.tasks) await checkTask(run, task, found);
  checkEvents(run, found);
  checkLedger(run, found);
  checkAudit(run, found);
  const { objects } = await env.UPLOADS.list({ prefix: `uploads/v1/${organisationId}/` });
  expect(objects, "uploads left").toEqual([]);
}

async function checkTask(run: ScheduleRun, watched: WatchedTask, { tasks }: Found): Promise<void> {
  const task = tasks.find(({ id }) => id === watched.id);
  if (task === undefined) throw new Error(`${watched.id} is gone`);
  const { status, rows, counts } = task;
  expect(status).toMatch(/^(completed|cancelled|failed)$/);
  if (watched.cancelAnswer === 200) expect(["cancelled", "failed"]).toContain(status);
  if (status === "cancelled") expect(watched.cancelAnswer).not.toBeNull();
  expect({ open: task.open, upload: task.upload_key }).toEqual({ open: 0, upload: null });
  expect(counts).toEqual(task.outcomes);
  const parent = tasks.find(({ id }) => id === watched.parentId);
  const asked =
    parent === undefined
      ? watched.plan.rows
      : RETRYABLE_OUTCOMES.reduce((sum, outcome) => sum + parent.outcomes[outcome], 0);
  expect(rows).toBe(asked);
  // What could not be read of a file is in no row of it.
  if (status !== "failed") {
    expect({ stored: task.stored, last: task.last_row }).toEqual({ stored: rows, last: rows });
    expect(totalOf(counts)).toBe(rows);
    expect(counts.invalid + counts.duplicate).toBe(rows - task.distinct_rows);
    if (parent === undefined) expect(task.distinct_rows).toBe(watched.plan.distinct);
  }
  const progress = await run.look(watched);
  expect({ status: progress.status, counts: progress.counts }).toEqual({ status, counts });
  const response = await run.world.request(`/api/v2/tasks/${watched.id}/status`);
  expect(await response.json()).toMatchObject(taskStatus(progress));
  await checkStream(run, watched);
}

/** Whoever comes back with what he has seen last is told the end. */
async function checkStream({ world }: ScheduleRun, { id, seen }: WatchedTask): Promise<void> {
  const headers = { "last-event-id": String((seen?.seq ?? 0) - 1) };
  const response = await world.request(`/api/v2/tasks/${id}/events`, { headers });
  const text = await response.text();
  const told = [...text.matchAll(/^id: ?(\d+)$/gm)].map(([, seq]) => Number(seq));
  expect(text).toContain("event: end");
  expect(new Set(told)).toEqual(new Set([seen?.seq]));
}

const EventBody = z.object({
  data: z.looseObject({ task_id: z.string().optional(), counts: Counted.optional() }),
});

function checkEvents({ tasks, network, plan }: ScheduleRun, { events, deliveries, ...found }: Found): void {
  const ofTasks = events.filter(({ type }) => type.startsWith("task."));
  const expected = found.tasks
    .filter(({ status }) => status !== "cancelled")
    .map(({ id, status, counts }) => ({ id: taskEventId(id), type: `task.${status}`, task_id: id, counts }));
  const told = ofTasks.map(({ id, type, body }) => ({ ...EventBody.parse(JSON.parse(body)).data, id, type }));
  expect(told).toHaveLength(expected.length);
  for (const event of expected) expect(told).toContainEqual(expect.objectContaining(event));
  expect(tasks.length).toBeGreaterThan(0);
  // Each event goes to the one endpoint, as one delivery, and arrives.
  expect(deliveries).toEqual(events.length === 0 ? {} : { delivered: events.length });
  expect(events.filter(({ deliveries: count }) => count !== 1)).toEqual([]);
  const bodies = new Map(events.map(({ id, body }) => [id, body]));
  expect(network.received.filter(({ refusal }) => refusal !== null)).toEqual([]);
  expect(network.received.filter(({ id, body }) => bodies.get(id) !== body)).toEqual([]);
  expect(new Set(network.received.map(({ id }) => id))).toEqual(new Set(bodies.keys()));
  const records = new Set(found.records.map(({ id }) => id.replace(/^aud_/, "evt_")));
  const companies = events.filter(({ type }) => type === "company.enriched");
  if (!plan.listensToCompanies) expect(companies).toEqual([]);
  expect(companies.filter(({ id }) => !records.has(id))).toEqual([]);
}

/**
 * Per company: a line for each call that was made. Of a call whose end was never written down (the object evicted, or
 * Postgres away) there is one line, presumed, however often it was repeated, and even if it never left.
 */
function checkLedger({ network }: ScheduleRun, { ledger, ledger_sums, months }: Found): void {
  const lines = new Map(ledger.map((one) => [one.siren, one]));
  const none = { settled: 0, presumed: 0, released: 0, reserved: 0 };
  const wrong = [];
  for (const siren of new Set([...lines.keys(), ...network.paidCalls.keys()])) {
    const { settled, presumed, reserved } = lines.get(siren) ?? none;
    const calls = network.paidCalls.get(siren) ?? 0;
    const explained = settled <= calls && calls <= settled + MOST_CALLS * presumed;
    if (!explained || reserved > 0) wrong.push({ siren, calls, settled, presumed, reserved });
  }
  expect(wrong).toEqual([]);
  expect(months).toEqual({ ...ledger_sums, reserved: 0 });
}

/** A record whose writing nobody heard of is written again under its id: a collection may be there twice, never not. */
function checkAudit({ tasks }: ScheduleRun, { records, told_of, collected }: Found): void {
  const of = (action: string) =>
    records.filter((record) => record.action === action).map((one) => one.resource);
  const recorded = new Set(of("company.enriched"));
  expect(
    collected.filter((siren) => !recorded.has(siren)),
    "stored without a record",
  ).toEqual([]);
  expect(
    told_of.filter((siren) => !recorded.has(siren)),
    "told of without a record",
  ).toEqual([]);
  const roots = tasks.filter(({ parentId }) => parentId === null).map(({ id }) => id);
  const parents = tasks.flatMap(({ parentId }) => parentId ?? []);
  expect(of("task.created").sort()).toEqual(roots.sort());
  expect(of("task.retried").sort()).toEqual(parents.sort());
}
