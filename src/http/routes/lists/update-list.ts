import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { changeList } from "../../../domain/pipeline/change-list.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, CONFLICT, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { pipelineActor } from "../pipeline/pipeline-actor.ts";
import {
  CompanyList,
  ListDescriptionInput,
  listJson,
  ListNameInput,
  ListParams,
  WatchedInput,
} from "./schema.ts";

const Body = closedObject(
  {
    name: ListNameInput.optional(),
    description: ListDescriptionInput.optional(),
    watched: WatchedInput.optional(),
  },
  { companies: "lists.companies_apart", sirens: "lists.companies_apart" },
)
  .superRefine((change, context) => {
    if (Object.values(change).some((value) => value !== undefined)) return;
    context.addIssue({ code: "custom", message: "empty", params: { fault: "lists.nothing_to_change" } });
  })
  .openapi("UpdateListRequest", { example: { watched: true } });

export const updateListRoute = createRoute({
  method: "patch",
  path: "/api/v2/lists/{id}",
  operationId: "updateList",
  tags: ["Pipeline"],
  summary: "Rename, describe or watch a list",
  description: "What is left out stays; `description: null` removes it.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write"), limitBody(16), requireJson] as const,
  request: {
    params: ListParams,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "The list, changed", content: { "application/json": { schema: CompanyList } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...CONFLICT,
  },
});

export const updateList: RouteHandler<typeof updateListRoute, AppEnv> = async (context) => {
  const { lists } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  const change = { ...context.req.valid("json"), id: context.req.valid("param").id };
  const list = await changeList(lists, actor, change);
  pokeAudit(context, actor.principal.organisationId);
  return context.json(listJson(list), 200, PRIVATE_JSON);
};
