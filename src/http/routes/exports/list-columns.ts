import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { EXPORT_COLUMNS } from "../../../domain/exports/columns.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { languageOf } from "../../language.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";

const ExportColumn = z
  .object({
    name: z.string().openapi({ example: "chiffre_affaires" }),
    type: z.enum(["text", "integer", "number", "date", "datetime"]),
    description: z.string(),
    default: z.boolean().openapi({ description: "Part of an export that names no columns" }),
    personal: z.boolean().openapi({ description: "About natural persons" }),
  })
  .openapi("ExportColumn");

const ExportColumns = z.object({ data: z.array(ExportColumn) }).openapi("ExportColumns");

export const listColumnsRoute = createRoute({
  method: "get",
  path: "/api/v2/exports/columns",
  operationId: "listExportColumns",
  tags: ["Exports"],
  summary: "List the columns that an export may have",
  description:
    "In the order of a file that has them all, described in French or, by `Accept-Language`, in English.",
  security: [{ bearer: [] }],
  request: { query: closedObject({}) },
  responses: {
    200: { description: "All of them", content: { "application/json": { schema: ExportColumns } } },
    ...COMMON_PROBLEMS,
  },
});

export const listColumns: RouteHandler<typeof listColumnsRoute, AppEnv> = (context) => {
  const language = languageOf(context);
  const data = EXPORT_COLUMNS.map(({ description, ...column }) => ({
    ...column,
    description: description[language],
  }));
  const headers = { ...PRIVATE_JSON, "content-language": language, vary: "accept-language" };
  return context.json({ data }, 200, headers);
};
