import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { setStatus } from "../../../domain/pipeline/set-status.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS } from "../../shared-responses.ts";
import { pipelineActor } from "./pipeline-actor.ts";
import { CompanyParams, CompanyStatus, StatusInput, statusJson } from "./schema.ts";

const Body = closedObject({ status: StatusInput }).openapi("SetCompanyStatusRequest");

export const setCompanyStatusRoute = createRoute({
  method: "put",
  path: "/api/v2/companies/{siren}/status",
  operationId: "setCompanyStatus",
  tags: ["Pipeline"],
  summary: "Say how far the organisation is with a company",
  description:
    "The company need not be stored. Any status may follow any other; the same again changes nothing, `changed_at` included.",
  security: [{ bearer: ["pipeline:write"] }],
  middleware: [requireScope("pipeline:write"), limitBody(1), requireJson] as const,
  request: {
    params: CompanyParams,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "The status", content: { "application/json": { schema: CompanyStatus } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
  },
});

export const setCompanyStatus: RouteHandler<typeof setCompanyStatusRoute, AppEnv> = async (context) => {
  const { statuses } = context.get("isolate").services.pipeline;
  const actor = pipelineActor(context);
  const { siren } = context.req.valid("param");
  const set = await setStatus(statuses, actor, { siren, ...context.req.valid("json") });
  pokeAudit(context, actor.principal.organisationId);
  return context.json(statusJson(set), 200, PRIVATE_JSON);
};
