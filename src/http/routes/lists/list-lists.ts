import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, TOO_BROAD } from "../../shared-responses.ts";
import { LimitInput } from "../pipeline/schema.ts";
import { CompanyList, ListCursor, listJson } from "./schema.ts";

const ListPage = z
  .object({ data: z.array(CompanyList), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("ListPage");

export const listListsRoute = createRoute({
  method: "get",
  path: "/api/v2/lists",
  operationId: "listLists",
  tags: ["Pipeline"],
  summary: "List the lists of the organisation",
  description: "Newest first. A test key sees the lists of test keys only.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: { query: closedObject({ cursor: ListCursor.optional(), limit: LimitInput }) },
  responses: {
    200: { description: "One page of lists", content: { "application/json": { schema: ListPage } } },
    ...COMMON_PROBLEMS,
    ...TOO_BROAD,
  },
});

export const listLists: RouteHandler<typeof listListsRoute, AppEnv> = async (context) => {
  const { cursor = null, limit } = context.req.valid("query");
  const { lists } = context.get("isolate").services.pipeline;
  const found = await lists.list(context.get("principal"), { before: cursor, limit: limit + 1 });
  const data = found.slice(0, limit).map(listJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.list_id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
