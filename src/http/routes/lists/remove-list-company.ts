import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { removeCompany } from "../../../domain/pipeline/remove-company.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { pipelineActor } from "../pipeline/pipeline-actor.ts";
import { ListCompanyParams } from "./schema.ts";

export const removeListCompanyRoute = createRoute({
  method: "delete",
  path: "/api/v2/lists/{id}/companies/{siren}",
  operationId: "removeListCompany",
  tags: ["Pipeline"],
  summary: "Take a company out of a list",
  description: "One that is not in it is no error; a list that does not exist is.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write")] as const,
  request: { params: ListCompanyParams, query: closedObject({}) },
  responses: { 204: { description: "It is not in the list" }, ...COMMON_PROBLEMS, ...RESOURCE_NOT_FOUND },
});

export const removeListCompany: RouteHandler<typeof removeListCompanyRoute, AppEnv> = async (context) => {
  const { lists } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  await removeCompany(lists, actor, context.req.valid("param"));
  pokeAudit(context, actor.principal.organisationId);
  return context.body(null, 204);
};
