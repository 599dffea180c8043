import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { createList as create } from "../../../domain/pipeline/create-list.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS } from "../../shared-responses.ts";
import { idOfNew, pipelineActor } from "../pipeline/pipeline-actor.ts";
import { CompanyList, ListDescriptionInput, listJson, ListNameInput, WatchedInput } from "./schema.ts";

const Body = closedObject(
  {
    name: ListNameInput,
    description: ListDescriptionInput.default(null),
    watched: WatchedInput.default(false),
  },
  { companies: "lists.companies_apart", sirens: "lists.companies_apart" },
).openapi("CreateListRequest", { example: { name: "Mécanique, Nord", watched: true } });

export const createListRoute = createRoute({
  method: "post",
  path: "/api/v2/lists",
  operationId: "createList",
  tags: ["Pipeline"],
  summary: "Create a list of companies",
  description: "It begins empty. An organisation has 200 lists at most, of 10,000 companies each at most.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write"), limitBody(16), requireJson, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: { description: "The list", content: { "application/json": { schema: CompanyList } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const createList: RouteHandler<typeof createListRoute, AppEnv> = async (context) => {
  const { lists } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  const input = { ...context.req.valid("json"), id: idOfNew(context, "lst") };
  const list = await create(lists, actor, input);
  pokeAudit(context, actor.principal.organisationId);
  return context.json(listJson(list), 201, { ...PRIVATE_JSON, location: `/api/v2/lists/${list.id}` });
};
