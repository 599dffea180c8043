import { ResourceNotFound } from "../accounts/errors.ts";
import { DiscoveryRefused } from "../search/errors.ts";
import type { Addition } from "./company-list.ts";
import { ensureCompanyOfMode } from "./ensure-company-of-mode.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { ListStore, PipelineActor } from "./ports.ts";

/** All or none; one that is there stays. Throws `ResourceNotFound`, `DiscoveryRefused`, `SirenNotReserved`. */
export async function addCompanies(
  lists: Pick<ListStore, "add">,
  actor: PipelineActor,
  to: { id: string; sirens: string[] },
): Promise<Addition> {
  const { mode } = actor.principal;
  ensureCompanyOfMode(mode, to.sirens);
  const sirens = [...new Set(to.sirens)];
  const resource = { kind: "list", id: to.id } as const;
  const record = pipelineRecord(actor, { action: "list.companies_added", resource, details: {} });
  const addition = await lists.add({ id: to.id, sirens }, mode, record);
  if (addition === null) throw new ResourceNotFound();
  if (addition.present < sirens.length) throw new DiscoveryRefused("lists.full");
  return addition;
}
