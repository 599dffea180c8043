import { ensureCompanyOfMode } from "./ensure-company-of-mode.ts";
import { pipelineRecord } from "./pipeline-record.ts";
import type { PipelineActor, StatusStore } from "./ports.ts";

/** Of a company without a status nothing changes. Throws `SirenNotReserved`. */
export async function clearStatus(
  statuses: Pick<StatusStore, "clear">,
  actor: PipelineActor,
  siren: string,
): Promise<void> {
  const { mode } = actor.principal;
  ensureCompanyOfMode(mode, [siren]);
  const resource = { kind: "company", id: siren } as const;
  const record = pipelineRecord(actor, { action: "pipeline.status_cleared", resource, details: {} });
  await statuses.clear(siren, mode, record);
}
