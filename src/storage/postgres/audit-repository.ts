import { z } from "zod";
import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import type { AuditFilter } from "../../domain/audit/audit-filter.ts";
import type {
  AuditLog,
  AuditReader,
  ChainTables,
  ExportPage,
  PendingEntry,
  StoredLink,
  WaitingRecord,
} from "../../domain/audit/ports.ts";
import { parseExactJson } from "../../lib/exact-json.ts";
import { metrics } from "../../observability/metric-buffer.ts";
import { type Database, query, transact } from "./database.ts";

/** As `auditInsert` wrote it. */
const Waiting = z.object({
  position: z.string(),
  record: z.object({
    id: z.string(),
    // An instant has one spelling here, whatever the record's.
    at: z.coerce.date().transform((at) => at.toISOString()),
    organisationId: z.string(),
    actor: z.object({ kind: z.enum(["user", "key", "anonymous", "system"]), id: z.string().nullable() }),
    action: z.string(),
    resource: z.object({ kind: z.string(), id: z.string() }).nullable(),
    outcome: z.enum(["success", "failure"]),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    address: z.string().nullable(),
    userAgent: z.string().nullable(),
    requestId: z.string().nullable(),
  }),
});

interface Row extends Omit<AuditEntry, "seq" | "at" | "actor" | "resource" | "details"> {
  seq: string;
  at_ms: string;
  actor_kind: string;
  actor_id: string | null;
  resource_kind: string | null;
  resource_id: string | null;
  details: string;
}

type LinkRow = Pick<Row, "seq" | "hash" | "previous_hash">;

const COLUMNS = `organisation_id, seq, (extract(epoch from at) * 1000)::text as at_ms, id, actor_kind, actor_id, action,
  resource_kind, resource_id, outcome, request_id, details::text as details, address, user_agent, salt,
  address_commitment, user_agent_commitment, previous_hash, hash`;

const WAITING = `
select position, record from audit_outbox where organisation_id = $1 order by position limit $2`;

/** What the chain numbered is right: whatever else stands in its place was not written by it. */
const INSERT = `
insert into audit_logs (organisation_id, seq, at, id, actor_kind, actor_id, action, resource_kind, resource_id,
  outcome, request_id, details, address, user_agent, salt, address_commitment, user_agent_commitment,
  previous_hash, hash)
select $1, x.seq, x.at, x.id, x.actor ->> 'kind', x.actor ->> 'id', x.action, x.resource ->> 'kind',
  x.resource ->> 'id', x.outcome, x.request_id, x.details, x.address, x.user_agent, x.salt, x.address_commitment,
  x.user_agent_commitment, x.previous_hash, x.hash
from jsonb_to_recordset($2::jsonb) as x(seq bigint, at timestamptz, id text, actor jsonb, action text, resource jsonb,
  outcome text, request_id text, details jsonb, address text, user_agent text, salt text, address_commitment text,
  user_agent_commitment text, previous_hash text, hash text)
on conflict (organisation_id, seq, at) do update set
  id = excluded.id, actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, action = excluded.action,
  resource_kind = excluded.resource_kind, resource_id = excluded.resource_id, outcome = excluded.outcome,
  request_id = excluded.request_id, details = excluded.details, address = excluded.address,
  user_agent = excluded.user_agent, salt = excluded.salt, address_commitment = excluded.address_commitment,
  user_agent_commitment = excluded.user_agent_commitment, previous_hash = excluded.previous_hash,
  hash = excluded.hash
where audit_logs.hash <> excluded.hash`;

const TAKE = "delete from audit_outbox where organisation_id = $1 and position = any($2::bigint[])";

const LINKS = `
select seq, hash, previous_hash from audit_logs
where organisation_id = $1 and seq >= $2 order by seq limit $3`;

const RANGE = `
select ${COLUMNS} from audit_logs where organisation_id = $1 and seq between $2 and $3 order by seq, at limit $4`;

const NEXT = `
select seq from audit_logs where organisation_id = $1 and ($2::bigint is null or seq > $2) order by seq limit 1`;

const LAST = "select seq from audit_logs where organisation_id = $1 order by seq desc limit 1";

const CHOSEN = `organisation_id = $1 and ($2::text[] is null or action = any($2))
  and ($3::text is null or actor_id = $3) and ($4::text is null or resource_kind = $4)
  and ($5::text is null or resource_id = $5) and ($6::text is null or outcome = $6)
  and ($7::text is null or request_id = $7) and ($8::timestamptz is null or at >= $8)
  and ($9::timestamptz is null or at < $9)`;

const NEWEST = `
select ${COLUMNS} from audit_logs where ${CHOSEN} and ($10::bigint is null or seq < $10)
order by seq desc limit $11`;

/** A number that somebody gave twice is there twice: exports hide nothing. */
const OLDEST = `
select ${COLUMNS} from audit_logs where ${CHOSEN} and seq >= $10::bigint and (seq, id) > ($10::bigint, $11)
  and seq <= $12 order by seq, id limit $13`;

/** Instants in a record have one spelling, which sorts as text. */
const LEFT_BEHIND = `
select distinct organisation_id from audit_outbox where record ->> 'at' collate "C" < $1 limit $2`;

const RECENT = "select distinct organisation_id from audit_logs where at > $1 and at <= $2";

function params(filter: AuditFilter): unknown[] {
  const { organisationId, actions, actorId, resourceKind, resourceId, outcome, requestId, from, to } = filter;
  return [organisationId, actions, actorId, resourceKind, resourceId, outcome, requestId, from, to];
}

/** Postgres holds instants that JavaScript does not: those stay as they are, and fit no hash. */
function instantOf(milliseconds: string): string {
  const date = new Date(Math.round(Number(milliseconds)));
  return Number.isNaN(date.getTime()) ? milliseconds : date.toISOString();
}

function entryOf(row: Row): AuditEntry {
  const { at_ms, actor_kind, actor_id, resource_kind, resource_id, ...rest } = row;
  const noResource = resource_kind === null && resource_id === null;
  return {
    ...rest,
    seq: Number(row.seq),
    at: instantOf(at_ms),
    actor: { kind: actor_kind, id: actor_id },
    resource: noResource ? null : { kind: resource_kind, id: resource_id },
    details: parseExactJson(row.details),
  };
}

function idOf({ organisation_id }: { organisation_id: string }): string {
  return organisation_id;
}

/** The outbox, and the log that the chains make of it. */
export class AuditRepository implements ChainTables, AuditLog, AuditReader {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async waiting(organisationId: string, limit: number): Promise<WaitingRecord[]> {
    return z.array(Waiting).parse(await query(this.#db, WAITING, [organisationId, limit]));
  }

  async append(organisationId: string, batch: readonly PendingEntry[]): Promise<void> {
    const entries = JSON.stringify(batch.map(({ entry }) => entry));
    await transact(this.#db, [
      { text: INSERT, params: [organisationId, entries] },
      { text: TAKE, params: [organisationId, batch.map(({ position }) => position)] },
    ]);
    metrics.count("audit_entries_chained_total", {}, batch.length);
    for (const { entry } of batch) metrics.count("audit_records_total", { action: entry.action });
  }

  async links(organisationId: string, from: number, limit: number): Promise<StoredLink[]> {
    const rows = await query<LinkRow>(this.#db, LINKS, [organisationId, from, limit]);
    return rows.map(({ seq, hash, previous_hash }) => ({
      seq: Number(seq),
      hash,
      previousHash: previous_hash,
    }));
  }

  async range(
    organisationId: string,
    { from, to, limit }: { from: number; to: number; limit: number },
  ): Promise<AuditEntry[]> {
    return (await query<Row>(this.#db, RANGE, [organisationId, from, to, limit])).map(entryOf);
  }

  async next(organisationId: string, after: number | null): Promise<number | null> {
    const [row] = await query<{ seq: string }>(this.#db, NEXT, [organisationId, after]);
    return row === undefined ? null : Number(row.seq);
  }

  /** The greatest number; 0 when there is none. */
  async last(organisationId: string): Promise<number> {
    const [row] = await query<{ seq: string }>(this.#db, LAST, [organisationId]);
    return Number(row?.seq ?? 0);
  }

  async newest(filter: AuditFilter, page: { before: number | null; limit: number }): Promise<AuditEntry[]> {
    return (await query<Row>(this.#db, NEWEST, [...params(filter), page.before, page.limit])).map(entryOf);
  }

  async oldest(filter: AuditFilter, page: ExportPage): Promise<AuditEntry[]> {
    const { after, last, limit } = page;
    const place = [after.seq, after.id, last, limit];
    return (await query<Row>(this.#db, OLDEST, [...params(filter), ...place])).map(entryOf);
  }

  /** Organisations with an act before this instant that no chain has taken. */
  async organisationsLeftBehind(before: Date, limit: number): Promise<string[]> {
    const params = [before.toISOString(), limit];
    return (await query<{ organisation_id: string }>(this.#db, LEFT_BEHIND, params)).map(idOf);
  }

  /** Organisations with an act in this span of time. */
  async organisationsActive(from: Date, to: Date): Promise<string[]> {
    return (await query<{ organisation_id: string }>(this.#db, RECENT, [from, to])).map(idOf);
  }
}
