import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { AuditFilter } from "../../../domain/audit/audit-filter.ts";
import { auditRecord } from "../../../domain/audit/audit-record.ts";
import { exportEntries } from "../../../domain/audit/export-entries.ts";
import { CSV, NDJSON } from "../../../domain/audit/export-format.ts";
import { errorKind } from "../../../lib/error-kind.ts";
import { actContext, pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { reportError } from "../../report-error.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { textStream } from "../../text-stream.ts";
import { filterOf, FILTERS } from "./schema.ts";
import { settleAudit } from "./settle-audit.ts";

const NDJSON_TYPE = "application/x-ndjson";
const CSV_TYPE = "text/csv";

export const exportAuditLogsRoute = createRoute({
  method: "get",
  path: "/api/v2/audit-logs/export",
  operationId: "exportAuditLogs",
  tags: ["Audit"],
  summary: "Export entries with their hashes",
  description:
    "Oldest first, NDJSON, or CSV when `Accept: text/csv` asks for it. Can be verified offline. Is itself recorded, before the first byte.",
  security: [{ bearer: ["audit:read"] }],
  middleware: [requireScope("audit:read")] as const,
  request: { query: closedObject(FILTERS, { format: "audit.format" }) },
  responses: {
    200: {
      description: "The entries; an answer that ends without its last line was cut off",
      content: { [NDJSON_TYPE]: { schema: z.string() }, [CSV_TYPE]: { schema: z.string() } },
    },
    ...COMMON_PROBLEMS,
  },
});

type Format = "csv" | "ndjson";

function formatOf(context: Context<AppEnv>): Format {
  const supports = [NDJSON_TYPE, CSV_TYPE];
  return accepts(context, { header: "Accept", supports, default: NDJSON_TYPE }) === CSV_TYPE
    ? "csv"
    : "ndjson";
}

/** Throws `AuditUnavailable`: then nothing is exported. */
async function recordExport(context: Context<AppEnv>, filter: AuditFilter, format: Format): Promise<void> {
  const { actor } = context.get("principal");
  const { organisationId, actions, ...others } = filter;
  const chosen = Object.entries(others).filter(([, value]) => value !== null);
  const details = { format, ...Object.fromEntries(chosen), actions: actions?.join(",") ?? null };
  const input = {
    organisationId,
    actor,
    action: "audit.exported",
    resource: null,
    outcome: "success",
    details,
  } as const;
  await context.get("isolate").services.audit.trail.record(auditRecord(actContext(context), input));
  pokeAudit(context, organisationId);
}

export const exportAuditLogs: RouteHandler<typeof exportAuditLogsRoute, AppEnv> = async (context) => {
  const { organisationId } = context.get("principal");
  const filter = filterOf(organisationId, context.req.valid("query"));
  const format = formatOf(context);
  const { audit, log } = context.get("isolate").services;
  await settleAudit(context);
  const last = await audit.entries.last(organisationId);
  await recordExport(context, filter, format);
  const pieces = exportEntries(audit.entries, { filter, format: format === "csv" ? CSV : NDJSON, last });
  const requestId = context.get("requestId");
  const body = textStream(pieces, (error) => {
    log.event("audit_export_cut_off", { request_id: requestId, error: errorKind(error) });
    reportError(error, context);
  });
  return context.body(body, 200, {
    "content-type": `${format === "csv" ? CSV_TYPE : NDJSON_TYPE}; charset=utf-8`,
    "content-disposition": `attachment; filename="audit-logs.${format}"`,
    "cache-control": "no-store",
    vary: "accept",
  });
};
