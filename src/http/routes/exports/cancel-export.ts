import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { cancelExport } from "../../../domain/exports/cancel-export.ts";
import { discardExport } from "../../../domain/exports/discard-export.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, CONFLICT, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { exportJson, ExportParams, exportRequester, ExportStatus } from "./schema.ts";

export const cancelExportRoute = createRoute({
  method: "post",
  path: "/api/v2/exports/{id}/cancel",
  operationId: "cancelExport",
  tags: ["Exports"],
  summary: "Cancel an export",
  description:
    "Ends one that is queued or running, and removes what was written of its file; records that Airtable took stay there. To cancel again changes nothing.",
  security: [{ bearer: ["exports:write"] }],
  middleware: [requireScope("exports:write")] as const,
  request: { params: ExportParams, query: closedObject({}) },
  responses: {
    200: { description: "The export", content: { "application/json": { schema: ExportStatus } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...CONFLICT,
  },
});

export const cancelExportHandler: RouteHandler<typeof cancelExportRoute, AppEnv> = async (context) => {
  const { exports, log } = context.get("isolate").services;
  const requester = exportRequester(context);
  const discard = async (id: string) => discardExport(exports.engine, id);
  const { id } = context.req.valid("param");
  const made = await cancelExport({ store: exports.store, discard, log }, requester, id);
  pokeAudit(context, requester.principal.organisationId);
  return context.json(await exportJson(context, made), 200, PRIVATE_JSON);
};
