import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { loadList } from "../../../domain/pipeline/load-list.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { CompanyList, listJson, ListParams } from "./schema.ts";

export const getListRoute = createRoute({
  method: "get",
  path: "/api/v2/lists/{id}",
  operationId: "getList",
  tags: ["Pipeline"],
  summary: "Read one list",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: { params: ListParams, query: closedObject({}) },
  responses: {
    200: { description: "The list", content: { "application/json": { schema: CompanyList } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getList: RouteHandler<typeof getListRoute, AppEnv> = async (context) => {
  const { lists } = context.get("isolate").services.pipeline;
  const found = await loadList(lists, context.get("principal"), context.req.valid("param").id);
  return context.json(listJson(found), 200, PRIVATE_JSON);
};
