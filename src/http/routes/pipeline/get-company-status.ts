import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { loadStatus } from "../../../domain/pipeline/load-status.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { CompanyParams, CompanyStatus, statusJson } from "./schema.ts";

export const getCompanyStatusRoute = createRoute({
  method: "get",
  path: "/api/v2/companies/{siren}/status",
  operationId: "getCompanyStatus",
  tags: ["Pipeline"],
  summary: "Read how far the organisation is with a company",
  description: "404 when it has no status. Every member and key of the organisation sees the same.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: { params: CompanyParams, query: closedObject({}) },
  responses: {
    200: { description: "The status", content: { "application/json": { schema: CompanyStatus } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getCompanyStatus: RouteHandler<typeof getCompanyStatusRoute, AppEnv> = async (context) => {
  const { statuses } = context.get("isolate").services.pipeline;
  const { siren } = context.req.valid("param");
  const found = await loadStatus(statuses, context.get("principal"), siren);
  return context.json(statusJson(found), 200, PRIVATE_JSON);
};
