import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { enrich, enrichRoute } from "./enrich.ts";

export function mountScraping(app: OpenAPIHono<AppEnv>): void {
  app.openapi(enrichRoute, enrich);
}
