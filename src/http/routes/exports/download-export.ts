import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { auditRecord } from "../../../domain/audit/audit-record.ts";
import { openLink, type OpenedLink } from "../../../domain/exports/download-link.ts";
import type { ByteRange } from "../../../lib/byte-range.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { LINK_PROBLEMS } from "../../shared-responses.ts";
import { FILE_CONTENT, FILE_HEADERS, PIECE_HEADERS } from "./file-responses.ts";
import { ExportParams } from "./schema.ts";
import { type Download, serveFile } from "./serve-file.ts";

/** Read by `openLink`, from the address as it is: whatever they hold, this accepts it. */
const part = (description: string) =>
  z
    .unknown()
    .optional()
    .openapi({ type: "string", description, param: { required: true } });

export const downloadExportRoute = createRoute({
  method: "get",
  path: "/api/v2/exports/{id}/download",
  operationId: "downloadExport",
  tags: ["Exports"],
  summary: "Fetch the file of an export",
  description:
    "By `download_url` of its status, as it is: the link is signed, and needs no credential. One range at a time (`Range`, `If-Range`), so that a download that broke off can go on. May redirect to where the file is kept. Every download is in the audit.",
  security: [],
  request: {
    params: ExportParams,
    query: z.object({
      expires: part("When the link ends, in seconds since 1970"),
      for: part("Whose credential the link was given to"),
      signature: part("Proof that the link is ours"),
    }),
  },
  responses: {
    200: { description: "The file", headers: FILE_HEADERS, content: FILE_CONTENT },
    206: { description: "The range that was asked for", headers: PIECE_HEADERS, content: FILE_CONTENT },
    302: { description: "The file is at `Location`, for 5 minutes" },
    304: { description: "The file is the one of the `ETag` sent" },
    ...LINK_PROBLEMS,
  },
});

/** Pieces that one reader fetches with no longer between them are one download. */
const PAUSE_MS = 10 * 60_000;

/** Most of a file is a new reading of it, whatever was read before. */
function isNewReading({ offset, length }: ByteRange, bytes: number): boolean {
  return offset === 0 || length > bytes / 2;
}

/** Throws `AuditUnavailable`: then nothing is handed out. */
async function recordDownload(
  context: Context<AppEnv>,
  { made, issuedTo }: OpenedLink,
  range: ByteRange,
): Promise<void> {
  const { trail } = context.get("isolate").services.exports;
  const act = actContext(context);
  const record = auditRecord(act, {
    organisationId: made.organisationId,
    actor: { kind: "anonymous", id: null },
    action: "export.downloaded",
    resource: { kind: "export", id: made.id },
    outcome: "success",
    details: { format: made.format, rows: made.rows, from_byte: range.offset, issued_to: issuedTo },
  });
  if (isNewReading(range, made.bytes)) await trail.recordStart(record);
  else await trail.recordPiece(record, new Date(act.now - PAUSE_MS).toISOString());
  pokeAudit(context, made.organisationId);
}

export const downloadExport: RouteHandler<typeof downloadExportRoute, AppEnv> = async (context) => {
  const { exports, config, now } = context.get("isolate").services;
  const { search } = new URL(context.req.url);
  const opened = await openLink(exports, { exportId: context.req.valid("param").id, search }, now());
  const download: Download = {
    made: opened.made,
    downloads: exports.downloads,
    s3: config.exports.s3,
    record: async (range) => recordDownload(context, opened, range),
    now: now(),
  };
  return serveFile(context.req.raw, download);
};
