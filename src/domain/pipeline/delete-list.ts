import { ResourceNotFound } from "../accounts/errors.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { ListStore, PipelineActor } from "./ports.ts";

/** Throws `ResourceNotFound`. */
export async function deleteList(
  lists: Pick<ListStore, "delete">,
  actor: PipelineActor,
  id: string,
): Promise<void> {
  const resource = { kind: "list", id } as const;
  const record = pipelineRecord(actor, { action: "list.deleted", resource, details: {} });
  if (!(await lists.delete(id, actor.principal.mode, record))) throw new ResourceNotFound();
}
