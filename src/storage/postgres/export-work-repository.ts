import { z } from "zod";
import { NOTHING_WRITTEN } from "../../domain/exports/engine.ts";
import type { ExportEnd, ExportWork, Lease, SavedStep, WorkingExport } from "../../domain/exports/ports.ts";
import { workedFor } from "../../observability/worked-for.ts";
import { type Database, query, type Statement, transact } from "./database.ts";
import { exportOf, moment, StoredExport } from "./stored-export.ts";
import { eventInsert } from "./webhook-statements.ts";

const Row = StoredExport.extend({
  secret: z.string().nullable(),
  upload_id: z.string().nullable(),
  parts: z.array(z.object({ number: z.int(), etag: z.string() })),
  seq: z.int(),
  last_key: z.string().nullable(),
  carry_key: z.string().nullable(),
  writer: z
    .object({
      format: z.record(z.string(), z.unknown()).nullable(),
      written: z.boolean(),
      restarts: z.int(),
      waits: z.int(),
      refusal: z.string().nullable().default(null),
    })
    .nullable(),
  lease_id: z.string().nullable(),
  leased_until: moment.nullable(),
});

function workingExport(found: unknown): WorkingExport {
  const row = Row.parse(found);
  workedFor(row.organisation_id);
  return {
    ...exportOf(found),
    secret: row.secret,
    uploadId: row.upload_id,
    parts: row.parts,
    seq: row.seq,
    lastKey: row.last_key,
    carryKey: row.carry_key,
    state: row.writer ?? NOTHING_WRITTEN,
    leaseId: row.lease_id,
    leasedUntil: row.leased_until,
  };
}

const WANTED = "status in ('queued', 'running') and cancel_requested_at is null";
const OURS = `id = $1 and lease_id = $2 and ${WANTED}`;

/** A second early is not early: clocks differ. */
const CLAIM = `
update exports set lease_id = $2, leased_until = $5::timestamptz, status = 'running',
  started_at = coalesce(started_at, $4::timestamptz)
where id = $1 and seq = $3 and ${WANTED}
  and coalesce(leased_until <= $4::timestamptz + case when lease_id is null then interval '1 second' else '0' end, true)
returning *`;

const SAVE_UPLOAD = `
update exports set upload_id = $3, object_key = $4 where ${OURS} and upload_id is null returning id`;

const SAVE = `
update exports set seq = seq + 1, parts = $4::jsonb, last_key = $5, carry_key = $6, object_key = $7, rows = $8::int,
  bytes = $9::bigint, counts = $10::jsonb, writer = $11::jsonb, lease_id = null, leased_until = $12::timestamptz
where ${OURS} and seq = $3 returning id`;

const RESTART = `
update exports set seq = seq + 1, parts = '[]', upload_id = null, last_key = null, carry_key = null, rows = 0,
  bytes = 0, counts = null, writer = $4::jsonb, lease_id = null, leased_until = $5::timestamptz
where ${OURS} and seq = $3 returning id`;

/** What only work on it needs. */
const AT_REST = "secret = null, lease_id = null, leased_until = null, writer = null";

const COMPLETE = `
update exports set status = 'completed', digest = $3, finished_at = $4::timestamptz, expires_at = $5::timestamptz,
  upload_id = null, carry_key = null, parts = '[]', ${AT_REST}
where ${OURS}`;

const FAIL = `
update exports set status = 'failed', failure = $3, finished_at = $4::timestamptz, ${AT_REST}
where id = $1 and ${WANTED}
  and (lease_id = $2 or $2::text is null and (lease_id is null or leased_until <= $4::timestamptz))`;

const FORGET = `
update exports set object_key = null, upload_id = null, carry_key = null, parts = '[]'
where id = $1 and status in ('failed', 'cancelled', 'expired')`;

/** Work on exports, in Postgres. */
export class ExportWorkRepository implements ExportWork {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async claim(
    lease: Lease,
    { seq, at, until }: { seq: number; at: string; until: string },
  ): Promise<WorkingExport | null> {
    const [row] = await query(this.#db, CLAIM, [lease.exportId, lease.id, seq, at, until]);
    return row === undefined ? null : workingExport(row);
  }

  async load(exportId: string): Promise<WorkingExport | null> {
    const [row] = await query(this.#db, "select * from exports where id = $1", [exportId]);
    return row === undefined ? null : workingExport(row);
  }

  async keepLease(lease: Lease, until: string): Promise<boolean> {
    const text = `update exports set leased_until = $3::timestamptz where ${OURS} returning id`;
    return this.#changed(lease, { text, params: [until] });
  }

  async release(lease: Lease, at: string): Promise<void> {
    const text = `update exports set lease_id = null, leased_until = $3::timestamptz where ${OURS} returning id`;
    await this.#changed(lease, { text, params: [at] });
  }

  async saveUpload(lease: Lease, upload: { uploadId: string; objectKey: string }): Promise<boolean> {
    return this.#changed(lease, { text: SAVE_UPLOAD, params: [upload.uploadId, upload.objectKey] });
  }

  async save(lease: Lease, step: SavedStep): Promise<boolean> {
    const { seq, lastKey, carryKey, objectKey, rows, bytes, dueAt } = step;
    const [parts, state] = [JSON.stringify(step.parts), JSON.stringify(step.state)];
    const counts = step.counts === null ? null : JSON.stringify(step.counts);
    const params = [seq, parts, lastKey, carryKey, objectKey, rows, bytes, counts, state, dueAt];
    return this.#changed(lease, { text: SAVE, params });
  }

  async restart(lease: Lease, { seq, state, at }: Parameters<ExportWork["restart"]>[1]): Promise<boolean> {
    return this.#changed(lease, { text: RESTART, params: [seq, JSON.stringify(state), at] });
  }

  async complete(lease: Lease, end: ExportEnd & { digest: string; expiresAt: string }): Promise<boolean> {
    const params = [lease.exportId, lease.id, end.digest, end.at, end.expiresAt];
    return this.#end({ text: COMPLETE, params }, lease.exportId, end);
  }

  async fail(
    { exportId, leaseId }: Parameters<ExportWork["fail"]>[0],
    end: ExportEnd & { failure: string },
  ): Promise<boolean> {
    const params = [exportId, leaseId, end.failure, end.at];
    return this.#end({ text: FAIL, params }, exportId, end);
  }

  async hasSelection({ organisationId, mode, selection }: WorkingExport): Promise<boolean> {
    if (selection.kind === "filter") return true;
    const [table, id] =
      selection.kind === "task" ? ["tasks", selection.task_id] : ["lists", selection.list_id];
    const text = `select id from ${table} where organisation_id = $1 and mode = $2 and id = $3`;
    return (await query(this.#db, text, [organisationId, mode, id])).length > 0;
  }

  async forgetFile(exportId: string): Promise<void> {
    await query(this.#db, FORGET, [exportId]);
  }

  async #changed({ exportId, id }: Lease, { text, params }: Statement): Promise<boolean> {
    return (await query(this.#db, text, [exportId, id, ...params])).length > 0;
  }

  /** Whether it is this very end that took effect. */
  async #end(update: Statement, exportId: string, { at, event }: ExportEnd): Promise<boolean> {
    const status = event.type === "export.ready" ? "completed" : "failed";
    const ended = "id = $1 and status = $2 and finished_at = $3::timestamptz";
    const params = [exportId, status, at];
    const rows = await transact(this.#db, [
      update,
      eventInsert(event, { text: `exists (select from exports where ${ended})`, params }),
      { text: `select id from exports where ${ended} and xmin = pg_current_xact_id()::xid`, params },
    ]);
    return rows.length > 0;
  }
}
