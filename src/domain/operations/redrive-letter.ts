import { ResourceNotFound } from "../accounts/errors.ts";
import { auditRecord, SYSTEM_CHAIN } from "../audit/audit-record.ts";
import { errorKind } from "../../lib/error-kind.ts";
import { StorageUnavailable } from "../enrichment/errors.ts";
import { type Operator, operatorRecord } from "./operator.ts";
import type { ChildRecord, DeadLetter, DeadLetterStore, LetterMessage } from "./ports.ts";

export interface RedriveDeps {
  letters: DeadLetterStore;
  /** Hands a message to the queue of its kind. */
  send: (message: LetterMessage) => Promise<void>;
  log: { event(name: string, fields: Record<string, string>): void };
}

/** `taskId`: of the task that tries its rows again; null when the message itself was sent again. */
export type Redrive = { outcome: "redriven"; taskId: string | null } | { outcome: "not_open" | "unreadable" };

/**
 * Gives a dead letter another chance, once. Rows that ended with their chunk stay ended: they are tried again as a
 * child task. Throws `ResourceNotFound`, `StorageUnavailable`; after the latter the letter is open as before.
 */
export async function redriveLetter(deps: RedriveDeps, operator: Operator, id: string): Promise<Redrive> {
  const letter = await deps.letters.load(id);
  if (letter === null) throw new ResourceNotFound();
  if (letter.status !== "open") return { outcome: "not_open" };
  if (letter.message === null) return { outcome: "unreadable" };
  const taskId = await retryRows(deps, operator, { id, message: letter.message });
  if (taskId !== null) return { outcome: "redriven", taskId };
  return sendLetter(deps, operator, { ...letter, message: letter.message });
}

async function sendLetter(
  { letters, send }: RedriveDeps,
  operator: Operator,
  { id, message }: DeadLetter & { message: LetterMessage },
): Promise<Redrive> {
  const resource = { kind: "dead_letter", id };
  const details = { type: message.type };
  const at = new Date(operator.context.now).toISOString();
  const record = operatorRecord(operator, "dead_letter.redriven", { resource, details });
  if (!(await letters.resolve(id, { status: "redriven", at }, record))) return { outcome: "not_open" };
  try {
    await send(message);
  } catch (error) {
    const undone = { resource, details, outcome: "failure" } as const;
    await letters.reopen(id, operatorRecord(operator, "dead_letter.redriven", undone));
    throw new StorageUnavailable(error);
  }
  return { outcome: "redriven", taskId: null };
}

/** null: the letter is of no chunk, or no row ended with it. */
async function retryRows(
  { letters, send, log }: RedriveDeps,
  operator: Operator,
  { id, message }: { id: string; message: LetterMessage },
): Promise<string | null> {
  const { type, task_id: parent, chunk } = message;
  if (type !== "task.chunk" || typeof parent !== "string" || typeof chunk !== "number") return null;
  const { context } = operator;
  const childId = context.newId("tsk");
  const retry = { letterId: id, taskId: parent, chunk, childId, at: new Date(context.now).toISOString() };
  const resource = { kind: "dead_letter", id };
  const records = {
    operator: operatorRecord(operator, "dead_letter.redriven", {
      resource,
      details: { type, task: childId },
    }),
    child: childRecord(operator, childId, parent),
  };
  const organisationId = await letters.retryChunk(retry, records);
  if (organisationId === null) return null;
  try {
    await send({ type: "task.split", task_id: childId });
  } catch (error) {
    // The task is there: what looks for stranded tasks sends its message.
    log.event("task_not_dispatched", { task_id: childId, error: errorKind(error) });
  }
  return childId;
}

/** In the chain of the organisation whose rows they are: the service did it, whoever asked. */
function childRecord({ context }: Operator, childId: string, parentId: string): ChildRecord {
  const { organisationId: _, ...record } = auditRecord(
    { ...context, origin: { address: null, userAgent: null, requestId: context.origin.requestId } },
    {
      organisationId: SYSTEM_CHAIN,
      actor: { kind: "system", id: null },
      action: "task.retried",
      resource: { kind: "task", id: childId },
      outcome: "success",
      details: { parent: parentId },
    },
  );
  return record;
}
