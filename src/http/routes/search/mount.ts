import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { listSectorAnalytics, listSectorAnalyticsRoute } from "./list-sector-analytics.ts";
import { searchCompaniesHandler, searchCompaniesRoute } from "./search-companies.ts";

export function mountSearch(app: OpenAPIHono<AppEnv>): void {
  app.openapi(searchCompaniesRoute, searchCompaniesHandler);
  app.openapi(listSectorAnalyticsRoute, listSectorAnalytics);
}
