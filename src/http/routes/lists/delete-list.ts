import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { deleteList as deleteOne } from "../../../domain/pipeline/delete-list.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { pipelineActor } from "../pipeline/pipeline-actor.ts";
import { ListParams } from "./schema.ts";

export const deleteListRoute = createRoute({
  method: "delete",
  path: "/api/v2/lists/{id}",
  operationId: "deleteList",
  tags: ["Pipeline"],
  summary: "Delete a list",
  description: "The companies themselves, their statuses and notes stay.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write")] as const,
  request: { params: ListParams, query: closedObject({}) },
  responses: { 204: { description: "Deleted" }, ...COMMON_PROBLEMS, ...RESOURCE_NOT_FOUND },
});

export const deleteList: RouteHandler<typeof deleteListRoute, AppEnv> = async (context) => {
  const { lists } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  await deleteOne(lists, actor, context.req.valid("param").id);
  pokeAudit(context, actor.principal.organisationId);
  return context.body(null, 204);
};
