import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import { mondayOf } from "../../../domain/operations/weekly-profile.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { requireOperator } from "../../middleware/require-operator.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { ProfileReport, profileJson } from "./profile-json.ts";

const Monday = z
  .string()
  .superRefine((text, context) => {
    if (z.iso.date().safeParse(text).success && mondayOf(Date.parse(text)) === text) return;
    const fault = "profile.week";
    context.addIssue({ code: "custom", message: fault, params: { fault } });
  })
  .openapi({
    format: "date",
    example: "2026-11-16",
    description: "The Monday that the week ends on; the latest profile when missing",
  });

export const getProfileRoute = createRoute({
  method: "get",
  path: "/api/v2/admin/profile",
  operationId: "getProfile",
  tags: ["Operations"],
  summary: "See which routes, queries and providers cost most in a week",
  description:
    "Made every Monday at 03:41 UTC from the metrics: the ten costliest of each, with what can be done about them. The first profile covers everything that was counted until then. Kept for 53 weeks.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [requireScope("operations:write"), requireOperator] as const,
  request: { query: closedObject({ week: Monday.optional() }) },
  responses: {
    200: { description: "The profile of a week", content: { "application/json": { schema: ProfileReport } } },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const getProfile: RouteHandler<typeof getProfileRoute, AppEnv> = async (context) => {
  const { profiles } = context.get("isolate").services.operations;
  const { week = null } = context.req.valid("query");
  const [found, weeks] = await Promise.all([profiles.load(week), profiles.weeks()]);
  if (found === null) throw new ResourceNotFound();
  return context.json(profileJson(found, weeks), 200, PRIVATE_JSON);
};
