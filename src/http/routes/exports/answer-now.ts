import type { Context } from "hono";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import { auditRecord } from "../../../domain/audit/audit-record.ts";
import { buildFile } from "../../../domain/exports/build-file.ts";
import { orderDetails, orderOf, type WantedExport } from "../../../domain/exports/create-export.ts";
import type { ExportOrder } from "../../../domain/exports/export.ts";
import { fileFacts } from "../../../domain/exports/file-facts.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { digestField } from "../../digest-field.ts";
import { exportRequester } from "./schema.ts";

/** Throws `AuditUnavailable`: then nothing is answered. */
async function recordStreamed(context: Context<AppEnv>, order: ExportOrder, rows: number): Promise<void> {
  const { actor } = context.get("principal");
  const { organisationId } = order;
  const record = auditRecord(actContext(context), {
    organisationId,
    actor,
    action: "export.streamed",
    resource: null,
    outcome: "success",
    details: { ...orderDetails(order), rows },
  });
  await context.get("isolate").services.audit.trail.record(record);
  pokeAudit(context, organisationId);
}

/** The file itself, whole: nothing is stored. Throws `DiscoveryRefused` when the companies are too many. */
export async function answerNow(context: Context<AppEnv>, wanted: WantedExport): Promise<Response> {
  const { exports } = context.get("isolate").services;
  const order = orderOf(exportRequester(context), wanted);
  if ((await exports.store.measure(order)) === null) throw new ResourceNotFound();
  const { writers, rows: source } = exports.engine;
  const { bytes, rows } = await buildFile({ rows: source, writer: writers[order.format] }, order);
  await recordStreamed(context, order, rows);
  const { contentType, disposition } = fileFacts(order);
  const digest = digestField(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  return new Response(bytes, {
    headers: {
      "content-type": contentType,
      "content-length": String(bytes.length),
      "content-disposition": disposition,
      "content-digest": digest,
      "repr-digest": digest,
      "x-row-count": String(rows),
      "cache-control": "no-store",
    },
  });
}
