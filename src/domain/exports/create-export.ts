import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { errorKind } from "../../lib/error-kind.ts";
import { ResourceNotFound } from "../accounts/errors.ts";
import { type AuditInput, type AuditRecord, auditRecord } from "../audit/audit-record.ts";
import { DiscoveryRefused } from "../search/errors.ts";
import { columnByName } from "./columns.ts";
import type { ExportRequester, ExportStore, Measured } from "./export-access.ts";
import { type Export, type ExportOrder, REUSE_MS } from "./export.ts";

export interface CreateExportDeps {
  store: Pick<ExportStore, "measure" | "create">;
  /** Throws `AuditUnavailable`. */
  trail: { record(record: AuditRecord): Promise<void> };
  secrets: { seal(token: string, exportId: string): Promise<string> };
  queue: { send(messages: { type: "export.step"; export_id: string; seq: number }[]): Promise<void> };
  log: { event(name: string, fields: Record<string, string>): void };
}

/** What the caller wants; who he is, and when, is added to it. */
export type WantedExport = Pick<ExportOrder, "format" | "selection" | "columns" | "options">;

export function orderOf({ principal, act }: ExportRequester, wanted: WantedExport): ExportOrder {
  const { organisationId, mode } = principal;
  return { ...wanted, organisationId, mode, createdAt: new Date(act.now).toISOString() };
}

/** null: the same order may make another file, so that no other one stands for it. */
async function fingerprintOf(order: ExportOrder, { version }: Measured): Promise<string | null> {
  if (version === null || order.format === "airtable") return null;
  const { createdAt: _, ...same } = order;
  return sha256Hex(canonicalJson({ ...same, version }));
}

/** What the audit keeps of an order: no name of a company, no value that was searched for. */
export function orderDetails({ format, selection, columns }: ExportOrder): AuditInput["details"] {
  const source =
    selection.kind === "task"
      ? { task_id: selection.task_id }
      : selection.kind === "list"
        ? { list_id: selection.list_id }
        : { filters: Object.keys(selection.filter).join(",") };
  const personal = columns.some((name) => columnByName(name)?.personal === true);
  return { format, selection: selection.kind, ...source, columns: columns.length, personal };
}

/**
 * Makes an export, or finds the one of the last half hour that is the same; `fresh`: makes one all the same. Throws
 * `ResourceNotFound` for a task or list that the caller does not have, `DiscoveryRefused`, and `AuditUnavailable`.
 */
export async function createExport(
  deps: CreateExportDeps,
  requester: ExportRequester,
  wanted: WantedExport & { id: string; token: string | null; fresh: boolean },
): Promise<{ made: Export; reused: boolean }> {
  const { id, token, fresh, ...rest } = wanted;
  const { principal, act } = requester;
  const order = orderOf(requester, rest);
  const measured = await deps.store.measure(order);
  if (measured === null) throw new ResourceNotFound();
  const fingerprint = await fingerprintOf(order, measured);
  const recordOf = (action: "export.created" | "export.reused", exportId: string): AuditRecord =>
    auditRecord(act, {
      organisationId: order.organisationId,
      actor: principal.actor,
      action,
      resource: { kind: "export", id: exportId },
      outcome: "success",
      details: { ...orderDetails(order), estimated_rows: measured.rows },
    });
  const reusable = fingerprint !== null && !fresh;
  const made = await deps.store.create(
    {
      ...order,
      id,
      actor: principal.actor,
      requestId: act.origin.requestId,
      estimatedRows: measured.rows,
      secret: token === null ? null : await deps.secrets.seal(token, id),
      fingerprint: fingerprint ?? `once:${id}`,
      unlessSince: reusable ? new Date(act.now - REUSE_MS).toISOString() : null,
    },
    recordOf("export.created", id),
  );
  if (made === null) throw new DiscoveryRefused("exports.too_many");
  if (made.id === id) await launch(deps, id);
  else await deps.trail.record(recordOf("export.reused", made.id));
  return { made, reused: made.id !== id };
}

/** The export is stored: should its message be lost, the reaper sends it again. */
async function launch({ queue, log }: CreateExportDeps, id: string): Promise<void> {
  try {
    await queue.send([{ type: "export.step", export_id: id, seq: 0 }]);
  } catch (error) {
    log.event("export_not_sent", { export_id: id, error: errorKind(error) });
  }
}
