import { ensureCompanyOfMode } from "./ensure-company-of-mode.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { CompanyStatus, PipelineActor, StatusStore } from "./ports.ts";

/** The same status again changes nothing. Throws `SirenNotReserved`. */
export async function setStatus(
  statuses: Pick<StatusStore, "set">,
  actor: PipelineActor,
  { siren, status }: Pick<CompanyStatus, "siren" | "status">,
): Promise<CompanyStatus> {
  const { mode } = actor.principal;
  ensureCompanyOfMode(mode, [siren]);
  const resource = { kind: "company", id: siren } as const;
  const record = pipelineRecord(actor, { action: "pipeline.status_set", resource, details: { to: status } });
  return statuses.set({ siren, status }, mode, record);
}
