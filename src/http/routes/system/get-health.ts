import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";

export const getHealthRoute = createRoute({
  method: "get",
  path: "/health",
  operationId: "getHealth",
  tags: ["System"],
  summary: "Is the service up",
  security: [],
  responses: {
    200: {
      description: "Up; asks no dependency",
      content: { "application/json": { schema: z.object({ status: z.literal("ok") }).openapi("Health") } },
    },
  },
});

export const getHealth: RouteHandler<typeof getHealthRoute, AppEnv> = (context) =>
  context.json({ status: "ok" as const }, 200, { "cache-control": "no-store" });
