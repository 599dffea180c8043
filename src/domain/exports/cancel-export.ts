import { errorKind } from "../../lib/error-kind.ts";
import { ResourceNotFound } from "../accounts/errors.ts";
import { auditRecord } from "../audit/audit-record.ts";
import { DiscoveryRefused } from "../search/errors.ts";
import type { ExportRequester, ExportStore } from "./export-access.ts";
import type { Export } from "./export.ts";

export interface CancelExportDeps {
  store: Pick<ExportStore, "cancel" | "find">;
  /** Removes what was written of it. */
  discard: (id: string) => Promise<void>;
  log: { event(name: string, fields: Record<string, string>): void };
}

/**
 * Ends an export that is open, and removes what was written of it; again, it changes nothing. Throws
 * `ResourceNotFound`, or `DiscoveryRefused` for one that has ended otherwise.
 */
export async function cancelExport(
  deps: CancelExportDeps,
  { principal, act }: ExportRequester,
  id: string,
): Promise<Export> {
  const record = auditRecord(act, {
    organisationId: principal.organisationId,
    actor: principal.actor,
    action: "export.cancelled",
    resource: { kind: "export", id },
    outcome: "success",
    details: {},
  });
  const cancelled = await deps.store.cancel(principal, id, record);
  const found = await deps.store.find(principal, id);
  if (found === null) throw new ResourceNotFound();
  if (found.status !== "cancelled") throw new DiscoveryRefused("exports.not_cancellable");
  if (cancelled) {
    deps.log.event("export_cancelled", { export_id: id, format: found.format });
    await discard(deps, id);
  }
  return found;
}

/** What could not be removed now, the reaper removes. */
async function discard({ discard: remove, log }: CancelExportDeps, id: string): Promise<void> {
  try {
    await remove(id);
  } catch (error) {
    log.event("export_not_discarded", { export_id: id, error: errorKind(error) });
  }
}
