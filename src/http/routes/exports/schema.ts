import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { EXPORT_COLUMNS } from "../../../domain/exports/columns.ts";
import { downloadLink } from "../../../domain/exports/download-link.ts";
import type { ExportRequester } from "../../../domain/exports/export-access.ts";
import { type Export, EXPORT_FORMATS, EXPORT_STATUSES } from "../../../domain/exports/export.ts";
import { currentWork } from "../../../observability/work.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { idParam } from "../../identifier-schema.ts";

const EXAMPLE_ID = "exp_0mhx2k9f4k7m2q8r5t1v3w6y9";

export const ExportParams = z.object({ id: idParam(EXAMPLE_ID) });

export const ExportCursor = z
  .string()
  .superRefine((text, context) => {
    if (/^exp_[0-9A-Za-z]{1,40}$/.test(text)) return;
    context.addIssue({ code: "custom", message: "cursor", params: { fault: "exports.cursor" } });
  })
  .openapi({ description: "`next_cursor` of the page before" });

export const COLUMN_NAMES = EXPORT_COLUMNS.map(({ name }) => name);

const instant = z.iso.datetime();
const count = z.int().min(0);

export const exportBase = {
  export_id: z.string().openapi({ example: EXAMPLE_ID }),
  status: z.enum(EXPORT_STATUSES),
  format: z.enum(EXPORT_FORMATS),
  estimated_rows: count.nullable().openapi({
    description: "For a filter, the planner's guess when it was ordered; null: not known beforehand",
  }),
  created_at: instant,
  expires_at: instant
    .nullable()
    .openapi({ description: "When the file is removed; null until it is complete" }),
};

export const ExportStatus = z
  .object({
    ...exportBase,
    mode: z.enum(["live", "test"]),
    selection: z
      .object({
        kind: z.enum(["filter", "task", "list"]),
        filter: z.record(z.string(), z.unknown()).optional().openapi({ description: "As it was understood" }),
        task_id: z.string().optional(),
        list_id: z.string().optional(),
      })
      .openapi({ description: "Which companies" }),
    columns: z.array(z.string()),
    rows: count.openapi({ description: "Companies written so far" }),
    percent: z.int().min(0).max(100).nullable().openapi({
      description: "By `estimated_rows`, 99 at most until it is complete; null: not known",
    }),
    bytes: count,
    digest: z
      .string()
      .nullable()
      .openapi({ description: "SHA-256 of the file, hexadecimal, as `sha256sum` prints it" }),
    counts: z
      .object({ created: count, updated: count, refused: count })
      .nullable()
      .openapi({ description: "Airtable: what became of the records" }),
    download_url: z.string().nullable().openapi({
      description: "Opens the file without a credential, for an hour at most; a new one with each answer",
    }),
    failure: z.string().nullable().openapi({ description: "Why it failed: a code" }),
    started_at: instant.nullable(),
    finished_at: instant.nullable(),
  })
  .openapi("ExportStatus");
export type ExportStatus = z.infer<typeof ExportStatus>;

function percentOf({ status, rows, estimatedRows }: Export): number | null {
  if (status === "completed" || status === "expired") return 100;
  if (estimatedRows === null || estimatedRows === 0) return null;
  return Math.min(99, Math.floor((100 * rows) / estimatedRows));
}

/** As clients see it, with a link of its own. */
export async function exportJson(context: Context<AppEnv>, made: Export): Promise<ExportStatus> {
  const { exports, now } = context.get("isolate").services;
  currentWork()?.add({ export_id: made.id });
  const issuedTo = context.get("principal").actor.id;
  const link = await downloadLink({ links: exports.links, issuedTo }, made, now());
  return {
    export_id: made.id,
    status: made.status,
    format: made.format,
    mode: made.mode,
    selection: made.selection,
    columns: made.columns,
    rows: made.rows,
    estimated_rows: made.estimatedRows,
    percent: percentOf(made),
    bytes: made.bytes,
    digest: made.digest,
    counts: made.counts,
    download_url: link === null ? null : new URL(link, context.req.url).href,
    failure: made.failure,
    created_at: made.createdAt,
    started_at: made.startedAt,
    finished_at: made.finishedAt,
    expires_at: made.expiresAt,
  };
}

export function exportRequester(context: Context<AppEnv>): ExportRequester {
  return { principal: context.get("principal"), act: actContext(context) };
}
