import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { discardLetter } from "../../../domain/operations/discard-letter.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { requireOperator } from "../../middleware/require-operator.ts";
import { RequestRefused } from "../../request-invalid.ts";
import { COMMON_PROBLEMS, CONFLICT, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { operatorOf } from "./operator-deps.ts";
import { LetterParam } from "./schema.ts";

export const discardDeadLetterRoute = createRoute({
  method: "delete",
  path: "/api/v2/admin/dead-letters/{id}",
  operationId: "discardDeadLetter",
  tags: ["Operations"],
  summary: "Put a dead letter aside for good",
  description: "It is kept for 30 days, and never sent again.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [requireScope("operations:write"), requireOperator] as const,
  request: { params: z.object({ id: LetterParam }), query: closedObject({}) },
  responses: {
    204: { description: "Put aside" },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...CONFLICT,
  },
});

export const discardDeadLetter: RouteHandler<typeof discardDeadLetterRoute, AppEnv> = async (context) => {
  const operator = operatorOf(context);
  const { letters } = context.get("isolate").services.operations;
  if (!(await discardLetter(letters, operator, context.req.valid("param").id)))
    throw new RequestRefused("dead_letters.not_open");
  pokeAudit(context, operator.principal.organisationId);
  return context.body(null, 204);
};
