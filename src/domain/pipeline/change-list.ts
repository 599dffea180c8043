import { ResourceNotFound } from "../accounts/errors.ts";
import { DiscoveryRefused } from "../search/errors.ts";
import type { CompanyList } from "./company-list.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { ListChange, ListStore, PipelineActor } from "./ports.ts";

/** Throws `ResourceNotFound`, or `DiscoveryRefused` when another list has the name. */
export async function changeList(
  lists: Pick<ListStore, "change">,
  actor: PipelineActor,
  { id, ...change }: ListChange & { id: string },
): Promise<CompanyList> {
  const fields = Object.entries(change).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const watched = change.watched === undefined ? {} : { watched: change.watched };
  const details = { changed: fields.join(" "), ...watched };
  const record = pipelineRecord(actor, { action: "list.changed", resource: { kind: "list", id }, details });
  const changed = await lists.change({ id, ...change }, actor.principal.mode, record);
  if (changed === null) throw new ResourceNotFound();
  if (changed === "name_taken") throw new DiscoveryRefused("lists.name_taken");
  return changed;
}
