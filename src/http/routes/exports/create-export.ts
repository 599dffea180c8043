import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createExport } from "../../../domain/exports/create-export.ts";
import type { Export } from "../../../domain/exports/export.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { type InputPart, RequestInvalid } from "../../request-invalid.ts";
import {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  EXPORT_PROBLEMS,
  RESOURCE_NOT_FOUND,
} from "../../shared-responses.ts";
import { answerNow } from "./answer-now.ts";
import { ExportOrderBody, wantedExport } from "./export-input.ts";
import { FILE_CONTENT, FILE_HEADERS } from "./file-responses.ts";
import { exportBase, exportRequester } from "./schema.ts";

const ExportAccepted = z
  .object({
    ...exportBase,
    status_url: z.string(),
    progress_url: z.string().openapi({ description: "The same" }),
    reused: z
      .boolean()
      .openapi({ description: "The same export was ordered within 30 minutes: this is that one" }),
  })
  .openapi("ExportAccepted");

export const createExportRoute = createRoute({
  method: "post",
  path: "/api/v2/exports",
  operationId: "createExport",
  tags: ["Exports"],
  summary: "Export companies",
  description:
    "A file with all companies of a filter, a task or a list, made in the background; `airtable` fills a table of yours instead. Up to 1,000 companies come at once with `sync=true`. The same order within 30 minutes gets the export that was made first, unless `fresh`. An organisation has 5 exports queued or running at most.",
  security: [{ bearer: ["exports:write", "companies:read"] }],
  middleware: [
    requireScope("exports:write"),
    requireScope("companies:read"),
    limitBody(64),
    requireJson,
    idempotent(),
  ] as const,
  request: {
    headers: IdempotencyHeaders,
    query: closedObject({
      sync: nameInput(["true", "false"]).default("false").openapi({
        description: "`true`: answer with the file itself; 1,000 companies at most, not for airtable",
      }),
    }),
    body: { required: true, content: { "application/json": { schema: ExportOrderBody } } },
  },
  responses: {
    200: { description: "With `sync=true`: the file", headers: FILE_HEADERS, content: FILE_CONTENT },
    202: {
      description: "The export; `Location` is its status",
      headers: { Location: { description: "Its status", schema: { type: "string" } } },
      content: { "application/json": { schema: ExportAccepted } },
    },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...BODY_PROBLEMS,
    ...EXPORT_PROBLEMS,
  },
});

type Body = z.infer<typeof ExportOrderBody>;

function refuse(part: InputPart, path: string[], fault: string): never {
  throw new RequestInvalid(
    [{ code: "custom", path, message: fault, params: { fault }, input: undefined }],
    part,
  );
}

/** What makes no sense of an answer at once. Throws `RequestInvalid`. */
function ensureAtOnce(context: Context<AppEnv>, { format, fresh }: Body): void {
  if (format === "airtable") refuse("query", ["sync"], "exports.sync_airtable");
  if (fresh !== undefined) refuse("body", ["fresh"], "exports.sync_fresh");
  if (context.req.header("Idempotency-Key") !== undefined)
    refuse("header", ["Idempotency-Key"], "exports.sync_key");
}

async function create(context: Context<AppEnv>, body: Body): Promise<{ made: Export; reused: boolean }> {
  const { exports, jobs, audit, log } = context.get("isolate").services;
  const requester = exportRequester(context);
  const operation = context.get("operationId");
  return createExport({ ...exports, trail: audit.trail, queue: jobs.queues, log }, requester, {
    ...wantedExport(body),
    id: operation === undefined ? requester.act.newId("exp") : `exp_${operation}`,
    token: body.airtable?.token ?? null,
    fresh: body.fresh ?? false,
  });
}

export const createExportHandler: RouteHandler<typeof createExportRoute, AppEnv> = async (context) => {
  const body = context.req.valid("json");
  if (context.req.valid("query").sync === "true") {
    ensureAtOnce(context, body);
    return answerNow(context, wantedExport(body));
  }
  const { made, reused } = await create(context, body);
  pokeAudit(context, made.organisationId);
  const location = `/api/v2/exports/${made.id}/status`;
  const answer: z.infer<typeof ExportAccepted> = {
    export_id: made.id,
    status: made.status,
    format: made.format,
    estimated_rows: made.estimatedRows,
    created_at: made.createdAt,
    expires_at: made.expiresAt,
    status_url: location,
    progress_url: location,
    reused,
  };
  return context.json(answer, 202, { ...PRIVATE_JSON, location });
};
