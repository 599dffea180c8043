import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { getLimits, getLimitsRoute } from "./get-limits.ts";

export function mountLimits(app: OpenAPIHono<AppEnv>): void {
  app.openapi(getLimitsRoute, getLimits);
}
