import { z } from "zod";
import {
  type Export,
  EXPORT_FORMATS,
  EXPORT_STATUSES,
  ExportOptions,
  Selection,
  TableCounts,
} from "../../domain/exports/export.ts";

export const moment = z.date().transform((date) => date.toISOString());

/** Of the table `exports`, without what only the engine needs. */
export const StoredExport = z.object({
  id: z.string(),
  organisation_id: z.string(),
  mode: z.enum(["live", "test"]),
  actor_kind: z.enum(["user", "key", "anonymous", "system"]),
  actor_id: z.string().nullable(),
  request_id: z.string().nullable(),
  format: z.enum(EXPORT_FORMATS),
  selection: Selection,
  columns: z.array(z.string()),
  options: ExportOptions,
  status: z.enum(EXPORT_STATUSES),
  estimated_rows: z.int().nullable(),
  rows: z.int(),
  bytes: z.coerce.number(),
  digest: z.string().nullable(),
  object_key: z.string().nullable(),
  counts: TableCounts.nullable(),
  failure: z.string().nullable(),
  created_at: moment,
  started_at: moment.nullable(),
  finished_at: moment.nullable(),
  expires_at: moment.nullable(),
  cancel_requested_at: moment.nullable(),
});

export function exportOf(found: unknown): Export {
  const row = StoredExport.parse(found);
  return {
    id: row.id,
    organisationId: row.organisation_id,
    mode: row.mode,
    actor: { kind: row.actor_kind, id: row.actor_id },
    requestId: row.request_id,
    format: row.format,
    selection: row.selection,
    columns: row.columns,
    options: row.options,
    status: row.status,
    estimatedRows: row.estimated_rows,
    rows: row.rows,
    bytes: row.bytes,
    digest: row.digest,
    objectKey: row.object_key,
    counts: row.counts,
    failure: row.failure,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    cancelRequestedAt: row.cancel_requested_at,
  };
}
