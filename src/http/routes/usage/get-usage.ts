import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { monthOf } from "../../../domain/usage/month.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ensureBegun, MonthInput, Usage, usageJson } from "./schema.ts";

export const getUsageRoute = createRoute({
  method: "get",
  path: "/api/v2/usage",
  operationId: "getUsage",
  tags: ["Limits and usage"],
  summary: "Read what the organisation spent in a month, and what is left",
  description: "The current month by default. Paid sources only: free ones are not counted.",
  security: [{ bearer: ["usage:read"] }],
  middleware: [requireScope("usage:read")] as const,
  request: { query: closedObject({ month: MonthInput.optional() }) },
  responses: {
    200: { description: "The month", content: { "application/json": { schema: Usage } } },
    ...COMMON_PROBLEMS,
  },
});

export const getUsage: RouteHandler<typeof getUsageRoute, AppEnv> = async (context) => {
  const { usage, now } = context.get("isolate").services;
  const { month = monthOf(now()) } = context.req.valid("query");
  ensureBegun(month, now());
  const found = await usage.reports.month(context.get("principal").organisationId, month);
  return context.json(usageJson(month, found), 200, PRIVATE_JSON);
};
