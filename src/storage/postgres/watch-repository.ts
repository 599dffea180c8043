import { z } from "zod";
import type {
  Comparison,
  Move,
  MovedCompany,
  Staleness,
  Watcher,
  WatchPage,
  WatchStep,
  WatchStore,
} from "../../domain/pipeline/watch-ports.ts";
import { type Database, query, transact } from "./database.ts";
import { eventInsert } from "./webhook-statements.ts";

/** Before any id. */
const START = ["", ""];

// Pages are taken before anything is joined to them: bounds alone, the planner takes for a third of the table.
/** $1, $2 the place; $3 size, $4 now. What is stored is what was seen: changes are told from here on. */
const ENROL = `
with page as materialized (
  select l.organisation_id, lc.list_id, lc.siren from lists l join list_companies lc on lc.list_id = l.id
  where l.watched and l.mode = 'live' and (lc.list_id, lc.siren) > ($1, $2)
  order by lc.list_id, lc.siren limit $3),
added as (
  insert into watched_companies (organisation_id, mode, siren, seen_at, seen_hash, seen_score, since)
  select n.organisation_id, 'live', n.siren, s.scraped_at, c.facts_hash, c.ma_score, $4::timestamptz
  from (
    select distinct p.organisation_id, p.siren from page p where not exists (
      select from watched_companies w
      where w.organisation_id = p.organisation_id and w.mode = 'live' and w.siren = p.siren)) n
  left join companies c on c.siren = n.siren
  left join lateral (
    select scraped_at from snapshots where siren = c.siren and facts_hash = c.facts_hash
    order by scraped_at desc limit 1) s on true
  on conflict do nothing returning siren)
select (select count(*)::int from added) as done, (
  select jsonb_build_array(list_id, siren) from page order by list_id, siren offset $3 - 1 limit 1) as next`;

const PAGE = `page as materialized (
  select * from watched_companies where mode = 'live' and (organisation_id, mode, siren) > ($1, 'live', $2)
  order by organisation_id, mode, siren limit $3)`;

const NEXT = `(
  select jsonb_build_array(organisation_id, siren) from page
  order by organisation_id, siren offset $3 - 1 limit 1) as next`;

const RELEASE = `
with ${PAGE},
gone as (
  delete from watched_companies w using page p
  where w.organisation_id = p.organisation_id and w.mode = p.mode and w.siren = p.siren and not exists (
    select from list_companies lc join lists l on l.id = lc.list_id
    where lc.siren = p.siren and l.organisation_id = p.organisation_id and l.mode = p.mode and l.watched)
  returning w.siren)
select (select count(*)::int from gone) as done, ${NEXT}`;

// PostgreSQL writes a moment into JSON with all its digits: it is the same moment when it comes back.
const MOVED = `
with ${PAGE}
select ${NEXT}, coalesce(jsonb_agg(
  jsonb_build_object('organisation_id', w.organisation_id, 'siren', w.siren, 'seen_at', w.seen_at,
    'seen_hash', w.seen_hash, 'seen_score', w.seen_score, 'facts_hash', c.facts_hash, 'ma_score', c.ma_score)
  order by w.organisation_id, w.siren), '[]') as moved
from page w join companies c on c.siren = w.siren
where c.facts_hash is distinct from w.seen_hash or c.ma_score is distinct from w.seen_score`;

const COMPARE = `
select b.facts as before, a.facts as after, to_json(a.scraped_at) #>> '{}' as at, coalesce(
  (select jsonb_agg(l.id order by l.id) from lists l join list_companies lc on lc.list_id = l.id
   where l.watched and l.mode = 'live' and l.organisation_id = w.organisation_id and lc.siren = w.siren), '[]') as lists
from jsonb_to_recordset($1::jsonb)
  as w(n int, organisation_id text, siren text, seen_hash text, facts_hash text)
left join lateral (
  select facts from snapshots
  where siren = w.siren and facts_hash = w.seen_hash and w.seen_hash is distinct from w.facts_hash
  order by scraped_at desc limit 1) b on true
left join lateral (
  select scraped_at, facts from snapshots
  where siren = w.siren and facts_hash = w.facts_hash and w.seen_hash is distinct from w.facts_hash
  order by scraped_at desc limit 1) a on true
order by w.n`;

// Whoever comes second waits for the lock, and then finds that the company was moved on.
const RECORD = `
with input as (
  select * from jsonb_to_recordset($1::jsonb) as i(organisation_id text, siren text,
    from_at timestamptz, from_hash text, from_score smallint, to_at timestamptz, to_hash text, to_score smallint,
    id text, at timestamptz, changes jsonb)),
locked as (
  select i.* from watched_companies w join input i on i.organisation_id = w.organisation_id and i.siren = w.siren
  where w.mode = 'live' and w.seen_at is not distinct from i.from_at
    and w.seen_hash is not distinct from i.from_hash and w.seen_score is not distinct from i.from_score
  order by w.organisation_id, w.siren for update of w),
moved as (
  update watched_companies w set seen_at = i.to_at, seen_hash = i.to_hash, seen_score = i.to_score
  from locked i where w.organisation_id = i.organisation_id and w.mode = 'live' and w.siren = i.siren)
insert into company_changes (id, organisation_id, mode, siren, at, changes, score_before, score_after)
select id, organisation_id, 'live', siren, at, changes, from_score, to_score from locked where id is not null`;

const WRITTEN = "select id from webhook_events where id = any($1)";

const WATCHERS = `
select o.id, o.plan from lists l join organisations o on o.id = l.organisation_id
where l.watched and l.mode = 'live'
group by o.id, o.plan order by max(l.refreshed_at) nulls first, o.id`;

const BEGIN_TURN = `
update lists set refreshed_at = $2::timestamptz where watched and mode = 'live' and organisation_id = $1`;

// Those that no source knows, or that sources fail on, go to the end of the queue as the others do.
const STALE = `
select w.siren, (count(*) over ())::int as all from watched_companies w left join companies c on c.siren = w.siren
where w.organisation_id = $1 and w.mode = 'live' and case
  when c.siren is null then w.refreshed_at is null or w.refreshed_at < $3::timestamptz
  else c.last_scraped_at < $2::timestamptz end
order by greatest(w.refreshed_at, c.last_scraped_at) nulls first, w.siren limit $4`;

const MARK_TRIED = `
update watched_companies set refreshed_at = $3::timestamptz
where organisation_id = $1 and mode = 'live' and siren = any($2::text[])`;

const Next = z.tuple([z.string(), z.string()]).nullable();
const Done = z.object({ done: z.int(), next: Next });

const Moved = z
  .object({
    organisation_id: z.string(),
    siren: z.string(),
    seen_at: z.string().nullable(),
    seen_hash: z.string().nullable(),
    seen_score: z.int().nullable(),
    facts_hash: z.string(),
    ma_score: z.int().nullable(),
  })
  .transform((row): MovedCompany => ({
    organisationId: row.organisation_id,
    siren: row.siren,
    seen: { at: row.seen_at, hash: row.seen_hash, score: row.seen_score },
    present: { hash: row.facts_hash, score: row.ma_score },
  }));

const MovedPage = z.object({ moved: z.array(Moved), next: Next });

const Compared = z.object({
  before: z.unknown(),
  after: z.unknown(),
  at: z.string().nullable(),
  lists: z.array(z.string()),
});

const WatcherRow = z
  .object({ id: z.string(), plan: z.enum(["free", "pro", "enterprise", "admin"]) })
  .transform(({ id, plan }): Watcher => ({ organisationId: id, plan }));
const Stale = z.object({ siren: z.string(), all: z.int() });
const Event = z.object({ id: z.string() });

function paramsOf({ after, size }: WatchPage): unknown[] {
  return [...(after ?? START), size];
}

function inputOf({ organisationId, siren, from, to, told }: Move): object {
  const change =
    told === null
      ? {}
      : {
          id: told.change.id,
          at: told.change.at,
          changes: { kind: told.change.kind, fields: told.change.fields },
        };
  return {
    organisation_id: organisationId,
    siren,
    from_at: from.at,
    from_hash: from.hash,
    from_score: from.score,
    to_at: to.at,
    to_hash: to.hash,
    to_score: to.score,
    ...change,
  };
}

export class WatchRepository implements WatchStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async enrol(page: WatchPage, at: string): Promise<WatchStep<number>> {
    const [row] = await query(this.#db, ENROL, [...paramsOf(page), at]);
    const { done, next } = Done.parse(row);
    return { found: done, next };
  }

  async release(page: WatchPage): Promise<WatchStep<number>> {
    const [row] = await query(this.#db, RELEASE, paramsOf(page));
    const { done, next } = Done.parse(row);
    return { found: done, next };
  }

  async moved(page: WatchPage): Promise<WatchStep<MovedCompany[]>> {
    const [row] = await query(this.#db, MOVED, paramsOf(page));
    const { moved, next } = MovedPage.parse(row);
    return { found: moved, next };
  }

  async compare(moved: MovedCompany[]): Promise<Comparison[]> {
    const wanted = moved.map(({ organisationId, siren, seen, present }, n) => ({
      n,
      organisation_id: organisationId,
      siren,
      seen_hash: seen.hash,
      facts_hash: present.hash,
    }));
    const rows = await query(this.#db, COMPARE, [JSON.stringify(wanted)]);
    return rows.map((row) => Compared.parse(row));
  }

  async record(moves: Move[]): Promise<string[]> {
    const told = moves.flatMap((move) => move.told ?? []);
    const rows = await transact(this.#db, [
      { text: RECORD, params: [JSON.stringify(moves.map(inputOf))] },
      ...told.map(({ change, event }) =>
        eventInsert(event, {
          text: "exists (select from company_changes where id = $1)",
          params: [change.id],
        }),
      ),
      { text: WRITTEN, params: [told.map(({ event }) => event.id)] },
    ]);
    return rows.map((row) => Event.parse(row).id);
  }

  async watchers(): Promise<Watcher[]> {
    const rows = await query(this.#db, WATCHERS, []);
    return rows.map((row) => WatcherRow.parse(row));
  }

  async beginTurn(organisationId: string, at: string): Promise<void> {
    await query(this.#db, BEGIN_TURN, [organisationId, at]);
  }

  async markTried(organisationId: string, sirens: string[], at: string): Promise<void> {
    await query(this.#db, MARK_TRIED, [organisationId, sirens, at]);
  }

  async stale(
    organisationId: string,
    { since, unknownSince, atMost }: Staleness,
  ): Promise<{ all: number; sirens: string[] }> {
    const rows = await query(this.#db, STALE, [organisationId, since, unknownSince, atMost]);
    const found = rows.map((row) => Stale.parse(row));
    return { all: found[0]?.all ?? 0, sirens: found.map(({ siren }) => siren) };
  }
}
