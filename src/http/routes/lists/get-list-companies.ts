import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { listListedCompanies } from "../../../domain/pipeline/list-listed-companies.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND, TOO_BROAD } from "../../shared-responses.ts";
import { LimitInput } from "../pipeline/schema.ts";
import { ListCompanyCursor, ListedCompany, listedJson, ListParams } from "./schema.ts";

const ListedCompanyPage = z
  .object({ data: z.array(ListedCompany), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("ListedCompanyPage");

export const getListCompaniesRoute = createRoute({
  method: "get",
  path: "/api/v2/lists/{id}/companies",
  operationId: "getListCompanies",
  tags: ["Pipeline"],
  summary: "List the companies of a list",
  description: "By SIREN, each with its status and, when it is stored, a summary.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: {
    params: ListParams,
    query: closedObject({ cursor: ListCompanyCursor.optional(), limit: LimitInput }),
  },
  responses: {
    200: {
      description: "One page of companies",
      content: { "application/json": { schema: ListedCompanyPage } },
    },
    ...COMMON_PROBLEMS,
    ...TOO_BROAD,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getListCompanies: RouteHandler<typeof getListCompaniesRoute, AppEnv> = async (context) => {
  const { cursor = null, limit } = context.req.valid("query");
  const { lists } = context.get("isolate").services.pipeline;
  const page = { id: context.req.valid("param").id, after: cursor, limit: limit + 1 };
  const found = await listListedCompanies(lists, context.get("principal"), page);
  const data = found.slice(0, limit).map(listedJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.siren ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
