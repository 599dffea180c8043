import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { KeysUnreadable } from "../domain/accounts/errors.ts";
import { LimitReached } from "../domain/limits/errors.ts";
import { describeError } from "../observability/describe-error.ts";
import { isRefusedStatement } from "../observability/is-expected.ts";
import { metrics } from "../observability/metric-buffer.ts";
import { registerSecurity } from "../openapi/document.ts";
import { allowedMethods } from "./allowed-methods.ts";
import type { AppEnv, Isolate } from "./app-env.ts";
import { languageOf } from "./language.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { cors } from "./middleware/cors.ts";
import { enterWork } from "./middleware/enter-work.ts";
import { frame } from "./middleware/frame.ts";
import { limitRequest } from "./middleware/limit-request.ts";
import { observe } from "./middleware/observe.ts";
import { serveHot } from "./middleware/serve-hot.ts";
import { isOpenRoute } from "./open-routes.ts";
import { problemResponse } from "./problem.ts";
import { reportError } from "./report-error.ts";
import { requestIdOf } from "./request-id.ts";
import { type InputPart, RequestInvalid, RequestRefused } from "./request-invalid.ts";
import { deleteCompanyCache, deleteCompanyCacheRoute } from "./routes/companies/delete-company-cache.ts";
import { getCompanyHandler, getCompanyRoute } from "./routes/companies/get-company.ts";
import { getCompanyScore, getCompanyScoreRoute } from "./routes/companies/get-company-score.ts";
import { calculateScore, calculateScoreRoute } from "./routes/scoring/calculate-score.ts";
import { mountApiKeys } from "./routes/api-keys/mount.ts";
import { mountAudit } from "./routes/audit/mount.ts";
import { mountAuth } from "./routes/auth/mount.ts";
import { mountLimits } from "./routes/limits/mount.ts";
import { mountOrganisation } from "./routes/organisation/mount.ts";
import { mountTwoFactor } from "./routes/two-factor/mount.ts";
import { mountUsage } from "./routes/usage/mount.ts";
import { mountExports } from "./routes/exports/mount.ts";
import { mountLists } from "./routes/lists/mount.ts";
import { mountPipeline } from "./routes/pipeline/mount.ts";
import { mountSearch } from "./routes/search/mount.ts";
import { mountAdmin } from "./routes/admin/mount.ts";
import { mountHooks } from "./routes/hooks/mount.ts";
import { mountScraping } from "./routes/scraping/mount.ts";
import { mountTasks } from "./routes/tasks/mount.ts";
import { mountWebhooks } from "./routes/webhooks/mount.ts";
import { mountDocumentation } from "./routes/system/documentation.ts";
import { getHealth, getHealthRoute } from "./routes/system/get-health.ts";
import { getHealthDetailed, getHealthDetailedRoute } from "./routes/system/get-health-detailed.ts";
import { getMetrics, getMetricsRoute } from "./routes/system/get-metrics.ts";
import { getReady, getReadyRoute } from "./routes/system/get-ready.ts";
import { getSlo, getSloRoute } from "./routes/system/get-slo.ts";

const PARTS: Record<string, InputPart> = {
  json: "body",
  form: "body",
  query: "query",
  param: "path",
  header: "header",
  cookie: "header",
};

/** A framework's own refusal is a request we could not read. */
function translate(error: unknown): unknown {
  if (!(error instanceof HTTPException)) return error;
  return error.status === 413
    ? new RequestRefused("request.too_large")
    : new RequestRefused("request.malformed_json");
}

function answerError(error: unknown, context: Context<AppEnv>): Response {
  const requestId = context.get("requestId") ?? requestIdOf(context.req.raw);
  const url = new URL(context.req.url);
  const response = problemResponse(translate(error), { url, requestId, language: languageOf(context) });
  response.headers.set("x-request-id", requestId);
  context.get("work")?.add({ error: describeError(error) });
  // What we could not reach, any other 503, is for those on call, not for those who mend.
  if (response.status === 500 || isRefusedStatement(error)) reportError(error, context);
  if (error instanceof LimitReached) metrics.count("limits_refused_total", { policy: error.policy });
  if (error instanceof KeysUnreadable) {
    context.get("isolate")?.services.log.event("keys_unreadable", { error: error.message });
  }
  return response;
}

function mountRoutes(app: OpenAPIHono<AppEnv>): void {
  app.openapi(getReadyRoute, getReady);
  app.openapi(getMetricsRoute, getMetrics);
  app.openapi(getHealthDetailedRoute, getHealthDetailed);
  app.openapi(getSloRoute, getSlo);
  mountScraping(app);
  mountSearch(app);
  mountPipeline(app);
  mountLists(app);
  mountExports(app);
  app.openapi(getCompanyRoute, getCompanyHandler);
  app.openapi(getCompanyScoreRoute, getCompanyScore);
  app.openapi(deleteCompanyCacheRoute, deleteCompanyCache);
  app.openapi(calculateScoreRoute, calculateScore);
  mountAuth(app);
  mountTwoFactor(app);
  mountOrganisation(app);
  mountApiKeys(app);
  mountLimits(app);
  mountUsage(app);
  mountAudit(app);
  mountTasks(app);
  mountWebhooks(app);
  mountHooks(app);
  mountAdmin(app);
  mountDocumentation(app);
}

/** The whole HTTP surface. `isolateOf` throws `ConfigurationError` while settings are missing. */
export function createApp(isolateOf: (env: Env) => Isolate): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new RequestInvalid(result.error.issues, PARTS[result.target] ?? "body");
    },
  });
  app.use("*", frame);
  // Before anything that needs settings: it answers even when they are wrong.
  app.openapi(getHealthRoute, getHealth);
  app.use("*", async (context, next) => {
    context.set("isolate", isolateOf(context.env));
    await next();
  });
  app.use("*", observe);
  app.use("/api/*", cors);
  app.use("/api/v2/companies/*", serveHot);
  app.use("*", enterWork);
  app.use("/api/*", async (context, next) => {
    const { method, path } = context.req;
    if (isOpenRoute(method, path)) return next();
    return allowedMethods(app.routes, path).includes(method) ? authenticate(context, next) : next();
  });
  app.use("/api/*", limitRequest);
  registerSecurity(app);
  mountRoutes(app);
  app.notFound((context) => {
    const methods = allowedMethods(app.routes, context.req.path);
    const refused =
      methods.length === 0
        ? new RequestRefused("request.route_unknown")
        : new RequestRefused("request.method_not_allowed", { allow: methods.join(", ") });
    return answerError(refused, context);
  });
  app.onError(answerError);
  return app;
}
