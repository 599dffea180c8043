import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { addCompanies } from "../../../domain/pipeline/add-companies.ts";
import { MAX_ADDED } from "../../../domain/pipeline/company-list.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  RESOURCE_NOT_FOUND,
} from "../../shared-responses.ts";
import { pipelineActor } from "../pipeline/pipeline-actor.ts";
import { ListParams, ListSirenInput } from "./schema.ts";

const Body = closedObject({
  sirens: z
    .array(ListSirenInput)
    .min(1)
    .max(MAX_ADDED)
    .openapi({ example: ["552032534", "542065479"] }),
}).openapi("AddListCompaniesRequest");

const ListAddition = z
  .object({
    added: z.int().min(0),
    already_there: z.int().min(0).openapi({ description: "in the list before, or twice in this request" }),
    companies: z.int().min(0).openapi({ description: "in the list now" }),
  })
  .openapi("ListAddition");

export const addListCompaniesRoute = createRoute({
  method: "post",
  path: "/api/v2/lists/{id}/companies",
  operationId: "addListCompanies",
  tags: ["Pipeline"],
  summary: "Add companies to a list",
  description:
    "Up to 1,000 at once, stored or not; all of them or, when one is no SIREN or they are too many for the list, none.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write"), limitBody(64), requireJson, idempotent()] as const,
  request: {
    params: ListParams,
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "What was added", content: { "application/json": { schema: ListAddition } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const addListCompanies: RouteHandler<typeof addListCompaniesRoute, AppEnv> = async (context) => {
  const { lists } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  const { sirens } = context.req.valid("json");
  const to = { id: context.req.valid("param").id, sirens };
  const { added, companies } = await addCompanies(lists, actor, to);
  pokeAudit(context, actor.principal.organisationId);
  return context.json({ added, already_there: sirens.length - added, companies }, 200, PRIVATE_JSON);
};
