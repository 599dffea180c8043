import { env } from "cloudflare:workers";
import type { TaskAnnouncement } from "../../../src/domain/jobs/ports.ts";
import { type Counts, noCounts, type Outcome, type Task } from "../../../src/domain/jobs/task.ts";
import { generateApiKey, hashApiKey } from "../../../src/auth/api-key.ts";
import { KEY_SCOPES } from "../../../src/domain/accounts/principal.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { buildServices } from "../../../src/services.ts";
import { database, type World } from "../../support/world.ts";

export interface MintedRow {
  outcome: Outcome | null;
  siren?: string | null;
  reason?: string | null;
}

/** A task with its rows as Postgres has them, and nothing of it anywhere else. */
export async function mintTask(
  { organisationId }: Pick<World, "organisationId">,
  rows: MintedRow[],
  more: Partial<Pick<Task, "status" | "mode" | "type" | "counts" | "sources">> & { at?: number } = {},
): Promise<string> {
  const { status = "running", mode = "live", type = "batch", counts = null, sources = ["bodacc"] } = more;
  const id = newId("tsk", more.at ?? Date.now(), randomBytes);
  const ended = !["queued", "running"].includes(status);
  await database().transaction([
    database().query(
      `insert into tasks (id, organisation_id, type, mode, status, actor_kind, actor_id, sources, rows, distinct_rows,
         dispatched_chunks, counts, created_at, started_at, finished_at)
       values ($1, $2, $3, $4, $5, 'key', 'key_test', $6, $7, $8, 10000, $9::jsonb, now(), now(),
         case when $10 then now() end)`,
      [
        id,
        organisationId,
        type,
        mode,
        status,
        sources,
        rows.length,
        rows.filter(({ outcome }) => outcome !== "invalid" && outcome !== "duplicate").length,
        counts === null ? null : JSON.stringify(counts),
        ended,
      ],
    ),
    database().query(
      `insert into task_rows (task_id, row_no, line, input, siren, chunk, outcome, reason, ended_at)
       select $1, n, n + 1, 'row ' || n, siren, (n - 1) / 50, outcome, reason,
         case when outcome is not null then now() end
       from jsonb_to_recordset($2::jsonb) as r(n int, siren text, outcome text, reason text)`,
      [
        id,
        JSON.stringify(
          rows.map((row, index) => ({ siren: "552032534", reason: null, ...row, n: index + 1 })),
        ),
      ],
    ),
  ]);
  return id;
}

export function countsOf(rows: MintedRow[]): Counts {
  const counts = noCounts();
  for (const { outcome } of rows) if (outcome !== null) counts[outcome] += 1;
  return counts;
}

export function repeat(count: number, row: MintedRow): MintedRow[] {
  return Array.from({ length: count }, () => row);
}

export const board = () => buildServices(env).jobs.progress;

/** A task that only its object knows: whatever is answered of it came from there. */
export async function announce(
  { organisationId }: Pick<World, "organisationId">,
  rows: number,
  more: Partial<TaskAnnouncement> = {},
): Promise<string> {
  const taskId = newId("tsk", Date.now(), randomBytes);
  const createdAt = new Date().toISOString();
  const base = {
    taskId,
    organisationId,
    type: "batch",
    mode: "live",
    parentId: null,
    rows,
    createdAt,
  } as const;
  await board().announce({ ...base, ...more });
  return taskId;
}

export async function mintTestKey(organisationId: string): Promise<string> {
  const key = generateApiKey("test", (length) => crypto.getRandomValues(new Uint8Array(length)));
  await database().query(
    `insert into api_keys (id, organisation_id, name, prefix, hash, scopes, mode) values ($1, $2, 'test', $3, $4, $5, 'test')`,
    [`key_${crypto.randomUUID()}`, organisationId, key.slice(0, 16), await hashApiKey(key), KEY_SCOPES],
  );
  return key;
}
