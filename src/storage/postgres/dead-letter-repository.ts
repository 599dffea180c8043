import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { DEAD_LETTER } from "../../domain/jobs/bury-message.ts";
import { CHUNK_ROWS } from "../../domain/jobs/task.ts";
import {
  type ChildRecord,
  type ChunkRetry,
  type DeadLetter,
  type DeadLetterStore,
  LETTER_STATUSES,
  type LetterFilter,
  type LetterMessage,
  type LetterStatus,
  WORK_QUEUES,
  type WorkQueue,
} from "../../domain/operations/ports.ts";
import { QUEUE_OF, QueueMessage } from "../../queue/messages.ts";
import { audited } from "./audited.ts";
import { type Database, query } from "./database.ts";

const Row = z.object({
  id: z.string(),
  queue: z.enum(WORK_QUEUES).nullable().catch(null),
  body: z.unknown(),
  reason: z.string(),
  status: z.enum(LETTER_STATUSES),
  sent_at: z.date(),
  received_at: z.date(),
  resolved_at: z.date().nullable(),
});

const Reference = QueueMessage.transform((message): LetterMessage => {
  const { v: _, ...references } = message;
  return references;
});

const COLUMNS = "id, queue, body, reason, status, sent_at, received_at, resolved_at";

/** $1 status, $2 queue, null: any; $3 the last letter seen, $4 at most */
const LIST = `
select ${COLUMNS} from dead_letters
where ($1::text is null or status = $1) and ($2::text is null or queue = $2) and ($3::text is null or id < $3)
order by id desc limit $4`;

/** $1 queue, null: any; $2 kinds of messages that we know, $3 the last letter seen, $4 at most */
const OPEN = `
select id, body from dead_letters
where status = 'open' and ($1::text is null or queue = $1) and body ->> 'type' = any($2::text[])
  and ($3::text is null or id > $3)
order by id limit $4`;
const OPEN_AT_ONCE = 100;
const OpenRow = z.object({ id: z.string(), body: z.unknown() });

const RESOLVE = `
update dead_letters set status = $2, resolved_at = $3::timestamptz where id = $1 and status = 'open' returning id`;

const REOPEN = `
update dead_letters set status = 'open', resolved_at = null where id = $1 and status = 'redriven' returning id`;

/** $1 letter, $2 task, $3 chunk, $4 child, $5 now, $6 and $7 the record of the task's organisation */
const GIVEN_UP = `task_id = $2 and chunk = $3::int and outcome = 'upstream_error' and reason = '${DEAD_LETTER}'`;
const RETRY_STEPS = [
  `resolved as (
    update dead_letters set status = 'redriven', resolved_at = $5::timestamptz
    where id = $1 and status = 'open' and exists (select from task_rows where ${GIVEN_UP}) returning id)`,
  `given_up as (
    select line, input, siren, row_number() over (order by row_no) as row_no from task_rows
    where ${GIVEN_UP} and exists (select from resolved))`,
  `child as (
    insert into tasks (id, organisation_id, parent_id, type, mode, status, actor_kind, actor_id, sources,
      max_age_ms, rows, distinct_rows, created_at)
    select $4, organisation_id, id, type, mode, 'queued', actor_kind, actor_id, sources, max_age_ms, n, n,
      $5::timestamptz
    from tasks, (select count(*)::int as n from given_up) counted where id = $2 and n > 0
    returning id, organisation_id)`,
  `child_rows as (
    insert into task_rows (task_id, row_no, line, input, siren, chunk)
    select child.id, row_no, line, input, siren, (row_no - 1) / ${CHUNK_ROWS} from given_up, child)`,
  `told as (
    insert into audit_outbox (id, organisation_id, record)
    select $6, organisation_id, $7::jsonb || jsonb_build_object('organisationId', organisation_id) from child)`,
];

/** Dead letters, whoever's work they were: for operators only. */
export class DeadLetterRepository implements DeadLetterStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(
    { status, queue }: LetterFilter,
    { limit, after }: { limit: number; after: string | null },
  ): Promise<DeadLetter[]> {
    const rows = await query(this.#db, LIST, [status, queue, after, limit]);
    return z.array(Row).parse(rows).map(letterOf);
  }

  async load(id: string): Promise<DeadLetter | null> {
    const rows = await query(this.#db, `select ${COLUMNS} from dead_letters where id = $1`, [id]);
    const [row] = z.array(Row).parse(rows);
    return row === undefined ? null : letterOf(row);
  }

  async redrivable(queue: WorkQueue | null, limit: number): Promise<string[]> {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const params = [queue, Object.keys(QUEUE_OF), after, OPEN_AT_ONCE];
      const page = z.array(OpenRow).parse(await query(this.#db, OPEN, params));
      ids.push(...page.filter(({ body }) => Reference.safeParse(body).success).map(({ id }) => id));
      after = page.length < OPEN_AT_ONCE ? null : (page.at(-1)?.id ?? null);
    } while (after !== null && ids.length < limit);
    return ids.slice(0, limit);
  }

  async resolve(
    id: string,
    { status, at }: { status: Exclude<LetterStatus, "open">; at: string },
    record: AuditRecord,
  ): Promise<boolean> {
    const { text, params } = audited({ text: RESOLVE, params: [id, status, at] }, record);
    return (await query(this.#db, text, params)).length > 0;
  }

  async reopen(id: string, record: AuditRecord): Promise<void> {
    const { text, params } = audited({ text: REOPEN, params: [id] }, record);
    await query(this.#db, text, params);
  }

  async retryChunk(
    { letterId, taskId, chunk, childId, at }: ChunkRetry,
    { operator, child }: { operator: AuditRecord; child: ChildRecord },
  ): Promise<string | null> {
    const act = {
      text: "select organisation_id from child",
      params: [letterId, taskId, chunk, childId, at, child.id, JSON.stringify(child)],
    };
    const { text, params } = audited(act, operator, RETRY_STEPS);
    const [row] = z
      .array(z.object({ organisation_id: z.string() }))
      .parse(await query(this.#db, text, params));
    return row?.organisation_id ?? null;
  }
}

/** Only what is a reference of ours leaves the table: what is unreadable may hold anything. */
function letterOf({ body, sent_at, received_at, resolved_at, ...row }: z.infer<typeof Row>): DeadLetter {
  return {
    ...row,
    message: Reference.safeParse(body).data ?? null,
    sentAt: sent_at.toISOString(),
    receivedAt: received_at.toISOString(),
    resolvedAt: resolved_at?.toISOString() ?? null,
  };
}
