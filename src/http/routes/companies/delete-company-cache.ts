import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { forgetCopies } from "../../../domain/companies/forget-copies.ts";
import type { AppEnv } from "../../app-env.ts";
import { SirenParam } from "../../identifier-schema.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";

export const deleteCompanyCacheRoute = createRoute({
  method: "delete",
  path: "/api/v2/companies/{siren}/cache",
  operationId: "deleteCompanyCache",
  tags: ["Companies"],
  summary: "Drop the cached copies of one company",
  description: "The stored record stays. To ask the sources again, enrich with `max_age: 0`.",
  security: [{ bearer: ["enrich:write"] }],
  middleware: [requireScope("enrich:write")] as const,
  request: { params: z.object({ siren: SirenParam }) },
  responses: { 204: { description: "Dropped" }, ...COMMON_PROBLEMS },
});

export const deleteCompanyCache: RouteHandler<typeof deleteCompanyCacheRoute, AppEnv> = async (context) => {
  // Test keys share no cache with anybody: there is nothing to drop.
  if (context.get("principal").mode === "live") {
    await forgetCopies(context.get("isolate").services, context.req.valid("param").siren);
  }
  return context.body(null, 204);
};
