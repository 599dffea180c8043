import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { EXPORT_FORMATS, EXPORT_STATUSES } from "../../../domain/exports/export.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ExportCursor, exportJson, ExportStatus } from "./schema.ts";

const MAX_LIMIT = 200;

const ExportPage = z
  .object({ data: z.array(ExportStatus), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("ExportPage");

export const listExportsRoute = createRoute({
  method: "get",
  path: "/api/v2/exports",
  operationId: "listExports",
  tags: ["Exports"],
  summary: "List the exports of the organisation",
  description:
    "Newest first, also those whose file is removed. A test key sees the exports of test keys only.",
  security: [{ bearer: ["exports:write", "companies:read"] }],
  middleware: [requireScope("exports:write"), requireScope("companies:read")] as const,
  request: {
    query: closedObject({
      status: nameInput(EXPORT_STATUSES).optional(),
      format: nameInput(EXPORT_FORMATS).optional(),
      cursor: ExportCursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of exports", content: { "application/json": { schema: ExportPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listExports: RouteHandler<typeof listExportsRoute, AppEnv> = async (context) => {
  const { cursor = null, limit, ...filter } = context.req.valid("query");
  const { store } = context.get("isolate").services.exports;
  const page = { limit: limit + 1, before: cursor };
  const found = await store.list(context.get("principal"), filter, page);
  const data: ExportStatus[] = [];
  // Not all at once: the first looks up the key that signs every link.
  for (const made of found.slice(0, limit)) data.push(await exportJson(context, made));
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.export_id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
