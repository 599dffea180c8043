import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { errorKind } from "../../../lib/error-kind.ts";
import { type PageFormat, PAGE_TYPES, pageFormatOf } from "../../../observability/metric-page-format.ts";
import { writeMetricPage } from "../../../observability/metric-page.ts";
import { sumOf } from "../../../observability/metric-sums.ts";
import type { MetricSnapshot } from "../../../observability/metric-totals.ts";
import type { Services } from "../../../services.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { within } from "../../health-checks.ts";
import { requireMonitoring } from "../../middleware/require-monitoring.ts";
import { MONITORING_PROBLEMS } from "../../shared-responses.ts";

const SHARDS_LIMIT_MS = 2_000;
const NO_SUMS: MetricSnapshot = { counters: [], histograms: [], gauges: [] };

const MetricPage = z.string().openapi("MetricPage", { description: "one line a series", example: "up 1" });

export const getMetricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  tags: ["System"],
  summary: "Read the metrics",
  description:
    "For Prometheus: text format 0.0.4, or OpenMetrics 1.0.0 when `Accept` names it. Counts are those of all isolates, some seconds old. Where a part of them can't be read, no counter and no histogram is told, and `metrics_collector_up` says so.",
  security: [{ monitoring: [] }],
  middleware: [requireMonitoring] as const,
  request: { query: closedObject({}) },
  responses: {
    200: {
      description: "Every metric",
      content: {
        "text/plain": { schema: MetricPage },
        "application/openmetrics-text": { schema: MetricPage },
      },
    },
    ...MONITORING_PROBLEMS,
  },
});

/** null: not all of it could be had, and a part of a sum would look like counters that went back. */
async function sums({ metrics, log }: Services): Promise<MetricSnapshot | null> {
  try {
    return sumOf(await within(SHARDS_LIMIT_MS, metrics.readAll()));
  } catch (error) {
    log.event("metrics_not_collected", { collector: "shards", error: errorKind(error) });
    return null;
  }
}

async function pageOf(
  { services, gauges }: AppEnv["Variables"]["isolate"],
  format: PageFormat,
): Promise<string> {
  const [summed, looked] = await Promise.all([sums(services), gauges.read()]);
  const shards = { name: "metrics_collector_up", values: ["shards"], value: summed === null ? 0 : 1 };
  const all = summed ?? NO_SUMS;
  return writeMetricPage({ ...all, gauges: [...all.gauges, ...looked, shards] }, format);
}

export const getMetrics: RouteHandler<typeof getMetricsRoute, AppEnv> = async (context) => {
  const format = pageFormatOf(context.req.header("accept") ?? null);
  const page = await pageOf(context.get("isolate"), format);
  const headers = { "content-type": PAGE_TYPES[format], "cache-control": "no-store", vary: "Accept" };
  return context.body(page, 200, headers);
};
