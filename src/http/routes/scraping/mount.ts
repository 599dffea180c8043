import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { batchAsync, batchAsyncRoute } from "./batch-async.ts";
import { enrich, enrichRoute } from "./enrich.ts";
import { enrichAsync, enrichAsyncRoute } from "./enrich-async.ts";

export function mountScraping(app: OpenAPIHono<AppEnv>): void {
  app.openapi(enrichRoute, enrich);
  app.openapi(enrichAsyncRoute, enrichAsync);
  app.openapi(batchAsyncRoute, batchAsync);
}
