import { DiscoveryRefused } from "../search/errors.ts";
import type { CompanyList } from "./company-list.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { ListStore, NewList, PipelineActor } from "./ports.ts";

/** Under an id that was used before, the list stays as it is. Throws `DiscoveryRefused`. */
export async function createList(
  lists: Pick<ListStore, "create">,
  actor: PipelineActor,
  list: NewList,
): Promise<CompanyList> {
  const resource = { kind: "list", id: list.id } as const;
  const details = { watched: list.watched };
  const record = pipelineRecord(actor, { action: "list.created", resource, details });
  const created = await lists.create(list, actor.principal.mode, record);
  if (typeof created === "string") throw new DiscoveryRefused(`lists.${created}`);
  return created;
}
