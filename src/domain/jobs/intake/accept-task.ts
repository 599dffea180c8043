import { errorKind } from "../../../lib/error-kind.ts";
import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import type { EnrichmentLog } from "../../enrichment/ports.ts";
import type { SourceName } from "../../enrichment/source.ts";
import type { NewTask, ProgressBoard, TaskCreation, TaskQueue } from "../ports.ts";
import type { Task, TaskRow } from "../task.ts";
import type { Intake } from "./intake.ts";
import type { UploadSink, UploadWriter } from "./ports.ts";

export interface AcceptDeps {
  tasks: TaskCreation;
  uploads: UploadSink;
  queues: TaskQueue;
  progress: Pick<ProgressBoard, "announce">;
  log: EnrichmentLog;
}

export interface Requester {
  principal: Pick<Task, "organisationId" | "actor" | "mode">;
  act: ActContext;
}

/** What is asked of each company. */
export interface Wanted {
  sources: SourceName[];
  maxAgeMs: number | null;
}

/** What a task is made of, once its rows are known. `estimatedSeconds`: as promised to the caller. */
interface Order extends Wanted {
  id: string;
  estimatedSeconds: number;
}

type Contents = Pick<NewTask, "type" | "rows" | "distinctRows" | "uploadKey" | "uploadBytes">;

/** The task is stored: what fails from here on, the reaper makes up for. */
async function launch({ queues, progress, log }: AcceptDeps, task: NewTask, seconds: number): Promise<void> {
  const { id: taskId, organisationId, type, mode, parentId, rows, createdAt } = task;
  const started = await Promise.allSettled([
    progress.announce({
      taskId,
      organisationId,
      type,
      mode,
      parentId,
      rows,
      createdAt,
      estimatedSeconds: seconds,
    }),
    queues.send([{ type: "task.split", task_id: taskId }]),
  ]);
  for (const [index, result] of started.entries()) {
    if (result.status === "fulfilled") continue;
    const event = index === 0 ? "task_not_announced" : "task_not_sent";
    log.event(event, { task_id: taskId, error: errorKind(result.reason) });
  }
}

async function create(
  deps: AcceptDeps,
  { principal, act }: Requester,
  { order, contents, rows }: { order: Order; contents: Contents; rows: TaskRow[] },
): Promise<void> {
  const { id, sources, maxAgeMs, estimatedSeconds } = order;
  const { organisationId, actor, mode } = principal;
  const task: NewTask = {
    ...contents,
    id,
    organisationId,
    parentId: null,
    mode,
    actor,
    requestId: act.origin.requestId,
    sources,
    maxAgeMs,
    createdAt: new Date(act.now).toISOString(),
  };
  const record = auditRecord(act, {
    organisationId,
    actor,
    action: "task.created",
    resource: { kind: "task", id },
    outcome: "success",
    details: {
      type: contents.type,
      mode,
      rows: contents.rows,
      distinct: contents.distinctRows,
      sources: sources.join(" "),
    },
  });
  await deps.tasks.create(task, rows, record);
  await launch(deps, task, estimatedSeconds);
}

/** One company, later. Throws `StorageUnavailable`. */
export async function acceptCompany(
  deps: AcceptDeps,
  requester: Requester,
  { row, ...order }: Order & { row: Pick<TaskRow, "input" | "siren" | "reason"> },
): Promise<void> {
  const contents = { type: "enrich", rows: 1, distinctRows: 1, uploadKey: null, uploadBytes: null } as const;
  const rows: TaskRow[] = [{ rowNo: 1, line: 1, outcome: null, ...row }];
  await create(deps, requester, { order, contents, rows });
}

function lines(rows: TaskRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Every row, into an object that exists only if all of them could be read. Its size in bytes. */
async function store(writer: UploadWriter, rows: Intake["rows"]): Promise<number> {
  try {
    for await (const some of rows) await writer.write(lines(some));
    return await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/**
 * Reads a batch to its end, then creates its task; `orderOf` is asked once the rows are counted. Throws what the
 * intake throws, with nothing left behind, and `StorageUnavailable`: then nobody knows whether the task exists, and
 * its rows stay until the reaper knows.
 */
export async function acceptBatch(
  deps: AcceptDeps,
  requester: Requester,
  batch: { type?: "batch" | "watch"; intake: Intake; orderOf: (distinct: number) => Promise<Order> },
): Promise<Order> {
  const { type = "batch", intake, orderOf } = batch;
  // Not the task's id, which tries of one request share: a later try must not write over what an earlier one stored.
  const writer = deps.uploads.open(requester.principal.organisationId, requester.act.newId("upl"));
  const uploadBytes = await store(writer, intake.rows);
  const { rows, distinct } = intake.totals();
  const order = await orderOf(distinct);
  const contents = { rows, distinctRows: distinct, uploadKey: writer.key, uploadBytes };
  await create(deps, requester, { order, contents: { type, ...contents }, rows: [] });
  return order;
}
