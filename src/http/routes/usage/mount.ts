import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { getUsage, getUsageRoute } from "./get-usage.ts";
import { listUsageEntries, listUsageEntriesRoute } from "./list-usage-entries.ts";

export function mountUsage(app: OpenAPIHono<AppEnv>): void {
  app.openapi(getUsageRoute, getUsage);
  app.openapi(listUsageEntriesRoute, listUsageEntries);
}
