import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { SLO_STATUSES, type SloStanding, sloReport } from "../../../observability/slo-report.ts";
import { SLO_KINDS, SLO_WINDOW_DAYS } from "../../../observability/slos.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireMonitoring } from "../../middleware/require-monitoring.ts";
import { MONITORING_PROBLEMS, OPEN_PROBLEMS } from "../../shared-responses.ts";

const count = z.number().int();
const rate = z.number().nullable();

const Objective = z
  .object({
    id: z.string(),
    title: z.string(),
    kind: z.enum(SLO_KINDS),
    route: z.string().nullable().openapi({ description: "null: about work that no route does" }),
    objective: z.number().openapi({ description: "the share of events that must be good" }),
    window_days: count,
    events: count,
    good: count,
    bad: count,
    sli: rate.openapi({ description: "the share that was good; null: there were no events" }),
    budget: z.object({
      allowed: z.number().openapi({ description: "bad events that so many events allow" }),
      spent: count,
      left_ratio: rate.openapi({ description: "share that is left; negative: overspent" }),
    }),
    burn: z
      .object({ "5m": rate, "30m": rate, "1h": rate, "2h": rate, "6h": rate, "1d": rate, "3d": rate })
      .openapi({
        description: "how fast the budget goes: 1 spends it in just the window; null: no events meanwhile",
      }),
    status: z.enum(SLO_STATUSES).openapi({
      description: "`at_risk`: burning faster than 1 over 6 hours, and over 30 minutes still",
    }),
  })
  .openapi("ServiceLevelObjective");

const Report = z
  .object({ window_days: count, generated_at: z.iso.datetime(), slos: z.array(Objective) })
  .openapi("ServiceLevelReport");

export const getSloRoute = createRoute({
  method: "get",
  path: "/slo",
  operationId: "getServiceLevels",
  tags: ["System"],
  summary: "See which objectives are met and what is left of their error budgets",
  description:
    "Of the last 30 days, counted where requests are served. What a running process has not handed over yet, some 10 seconds' worth, is missing.",
  security: [{ monitoring: [] }],
  middleware: [requireMonitoring] as const,
  request: { query: closedObject({ status: nameInput(SLO_STATUSES).optional() }) },
  responses: {
    200: { description: "Every objective", content: { "application/json": { schema: Report } } },
    ...MONITORING_PROBLEMS,
    503: OPEN_PROBLEMS[503],
  },
});

function objectiveJson({ slo, good, total, allowed, leftRatio, burn, status }: SloStanding) {
  const { id, title, kind, route, objective, windowDays } = slo;
  return {
    id,
    title,
    kind,
    route,
    objective,
    window_days: windowDays,
    events: total,
    good,
    bad: total - good,
    sli: total === 0 ? null : good / total,
    budget: { allowed, spent: total - good, left_ratio: leftRatio },
    burn,
    status,
  };
}

export const getSlo: RouteHandler<typeof getSloRoute, AppEnv> = async (context) => {
  const { status } = context.req.valid("query");
  const { runtime, now } = context.get("isolate").services;
  const generatedAt = now();
  const standings = sloReport(await runtime.slos.totals(generatedAt));
  const slos = standings.filter((one) => status === undefined || one.status === status).map(objectiveJson);
  const generated_at = new Date(generatedAt).toISOString();
  return context.json({ window_days: SLO_WINDOW_DAYS, generated_at, slos }, 200, PRIVATE_JSON);
};
