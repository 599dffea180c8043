import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { clearStatus } from "../../../domain/pipeline/clear-status.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { pipelineActor } from "./pipeline-actor.ts";
import { CompanyParams } from "./schema.ts";

export const clearCompanyStatusRoute = createRoute({
  method: "delete",
  path: "/api/v2/companies/{siren}/status",
  operationId: "clearCompanyStatus",
  tags: ["Pipeline"],
  summary: "Take a company out of the pipeline",
  description: "Its notes and the lists it is in stay. Clearing what has no status changes nothing.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write")] as const,
  request: { params: CompanyParams, query: closedObject({}) },
  responses: { 204: { description: "It has no status" }, ...COMMON_PROBLEMS },
});

export const clearCompanyStatus: RouteHandler<typeof clearCompanyStatusRoute, AppEnv> = async (context) => {
  const { statuses } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  await clearStatus(statuses, actor, context.req.valid("param").siren);
  pokeAudit(context, actor.principal.organisationId);
  return context.body(null, 204);
};
