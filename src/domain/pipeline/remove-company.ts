import { loadList } from "./load-list.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { ListStore, PipelineActor } from "./ports.ts";

/** One that is not in the list is no error. Throws `ResourceNotFound` when there is no such list. */
export async function removeCompany(
  lists: Pick<ListStore, "find" | "remove">,
  actor: PipelineActor,
  from: { id: string; siren: string },
): Promise<void> {
  const { principal } = actor;
  const resource = { kind: "list", id: from.id } as const;
  const details = { siren: from.siren };
  const record = pipelineRecord(actor, { action: "list.company_removed", resource, details });
  if (!(await lists.remove(from, principal.mode, record))) await loadList(lists, principal, from.id);
}
