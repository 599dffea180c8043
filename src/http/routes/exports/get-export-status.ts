import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { exportJson, ExportParams, ExportStatus } from "./schema.ts";

export const getExportStatusRoute = createRoute({
  method: "get",
  path: "/api/v2/exports/{id}/status",
  operationId: "getExportStatus",
  tags: ["Exports"],
  summary: "Read how far an export is, and get the link to its file",
  description:
    "`download_url` is there once it is `completed`. Rather than to poll, be told by webhook: `export.ready` and `export.failed`.",
  security: [{ bearer: ["exports:write", "companies:read"] }],
  middleware: [requireScope("exports:write"), requireScope("companies:read")] as const,
  request: { params: ExportParams, query: closedObject({}) },
  responses: {
    200: { description: "The export", content: { "application/json": { schema: ExportStatus } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getExportStatus: RouteHandler<typeof getExportStatusRoute, AppEnv> = async (context) => {
  const { store } = context.get("isolate").services.exports;
  const made = await store.find(context.get("principal"), context.req.valid("param").id);
  if (made === null) throw new ResourceNotFound();
  return context.json(await exportJson(context, made), 200, PRIVATE_JSON);
};
