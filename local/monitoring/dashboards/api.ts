import { MONITORING_ROUTES } from "../../../src/observability/monitoring-routes.ts";
import { THRESHOLDS } from "../thresholds.ts";
import { gauge, increase, labelValues, orZero, quantile, rate, share } from "./expressions.ts";
import { type Dashboard, NONE_IS_GOOD, rising } from "./panel.ts";

const ERRORS = THRESHOLDS.errorRatio;
const where = { endpoint: { re: "$route" } };
/** Probes and scrapes come day and night: they would hide, or be, what little clients see. */
const clients = { endpoint: [where.endpoint, { notRe: MONITORING_ROUTES }] };
const faulty = { ...clients, status: { re: "5.." } };

function latency(at: number): string {
  return quantile(at, "http_request_duration_seconds", { where: clients });
}

export const API: Dashboard = {
  uid: "ma-api",
  title: "M&A API",
  description: "What clients are answered, how fast, and what the database has to do for it.",
  tags: ["api"],
  span: "6h",
  variables: [{ name: "route", label: "Route", query: labelValues("http_requests_total", "endpoint") }],
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Requests",
          description: "Requests answered a second.",
          type: "stat",
          unit: "reqps",
          width: 6,
          queries: [{ expression: orZero(rate("http_requests_total", { where })), legend: "requests" }],
        },
        {
          title: "Server errors",
          description: `Share of 5xx in the answers to clients, monitoring left out. The alert fires above ${ERRORS * 100} %.`,
          type: "stat",
          unit: "percentunit",
          width: 6,
          thresholds: rising(ERRORS / 5, ERRORS),
          queries: [
            {
              expression: orZero(
                share(
                  rate("http_requests_total", { where: faulty }),
                  rate("http_requests_total", { where: clients }),
                ),
              ),
              legend: "5xx",
            },
          ],
        },
        {
          title: "p95",
          description:
            "95 % of the answers to clients begin within this time, monitoring left out. The objectives of each route are on the SLO dashboard.",
          type: "stat",
          unit: "s",
          width: 6,
          thresholds: rising(0.5, 1),
          queries: [{ expression: latency(0.95), legend: "p95" }],
        },
        {
          title: "In progress",
          description:
            "Requests that are being answered, in all isolates; each isolate tells at most every ten seconds.",
          type: "stat",
          unit: "short",
          width: 6,
          queries: [{ expression: orZero(gauge("sum", "http_requests_in_progress")), legend: "requests" }],
        },
      ],
    },
    {
      title: "Routes",
      panels: [
        {
          title: "Answers by status",
          description: "Answers a second. 4xx and 429 are the clients'; 5xx are ours.",
          type: "timeseries",
          unit: "reqps",
          width: 12,
          stacked: true,
          queries: [
            { expression: rate("http_requests_total", { where, by: ["status"] }), legend: "{{status}}" },
          ],
        },
        {
          title: "Time to the answer",
          description:
            "From a request's arrival to its answer's headers, all chosen routes together, monitoring left out.",
          type: "timeseries",
          unit: "s",
          width: 12,
          queries: [
            { expression: latency(0.5), legend: "p50" },
            { expression: latency(0.95), legend: "p95" },
            { expression: latency(0.99), legend: "p99" },
          ],
        },
        {
          title: "Slowest routes",
          description: "The ten routes with the highest p95.",
          type: "timeseries",
          unit: "s",
          width: 12,
          queries: [
            {
              expression: `topk(10, ${quantile(0.95, "http_request_duration_seconds", { where: clients, by: ["method", "endpoint"] })})`,
              legend: "{{method}} {{endpoint}}",
            },
          ],
        },
        {
          title: "Routes with server errors",
          description: "Share of 5xx by route. The line is where the alert of the whole service begins.",
          type: "timeseries",
          unit: "percentunit",
          width: 12,
          thresholds: rising(ERRORS, ERRORS),
          queries: [
            {
              expression: share(
                rate("http_requests_total", { where: faulty, by: ["method", "endpoint"] }),
                rate("http_requests_total", { where: clients, by: ["method", "endpoint"] }),
              ),
              legend: "{{method}} {{endpoint}}",
            },
          ],
        },
        {
          title: "Routes in the time shown",
          description: "Every route that was asked: how often, and how often it answered 5xx.",
          type: "table",
          unit: "short",
          width: 24,
          queries: [
            {
              expression: increase("http_requests_total", { where, by: ["method", "endpoint"] }),
              legend: "Requests",
            },
            {
              expression: increase("http_requests_total", {
                where: { ...where, status: faulty.status },
                by: ["method", "endpoint"],
              }),
              legend: "5xx",
            },
          ],
        },
      ],
    },
    {
      title: "Database",
      panels: [
        {
          title: "Round trips",
          description: "95 % of the round trips to the database are done within this time, by what they do.",
          type: "timeseries",
          unit: "s",
          width: 12,
          queries: [
            {
              expression: quantile(0.95, "db_query_duration_seconds", { by: ["operation"] }),
              legend: "{{operation}}",
            },
          ],
        },
        {
          title: "Statements by time",
          description:
            "Seconds that the ten costliest statements take in each second; the weekly profile says what to do about them.",
          type: "timeseries",
          unit: "s",
          width: 12,
          stacked: true,
          queries: [
            {
              expression: `topk(10, ${rate("db_statement_seconds_total", { by: ["statement"] })})`,
              legend: "{{statement}}",
            },
          ],
        },
        {
          title: "Statements by calls",
          description: "How often the ten commonest statements are run in a second.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            {
              expression: `topk(10, ${rate("db_statement_calls_total", { by: ["statement"] })})`,
              legend: "{{statement}}",
            },
          ],
        },
        {
          title: "Statements a request",
          description:
            "Most requests need one to three. A rise without a new route is a statement in a loop.",
          type: "timeseries",
          unit: "none",
          width: 12,
          queries: [
            { expression: quantile(0.5, "db_queries_per_request"), legend: "p50" },
            { expression: quantile(0.95, "db_queries_per_request"), legend: "p95" },
          ],
        },
        {
          title: "Slow, repeated, failed",
          description:
            "Round trips slower than SLOW_QUERY_MS, requests that ran one statement more than three times, and round trips that failed, in the time shown.",
          type: "bargauge",
          unit: "short",
          width: 24,
          thresholds: NONE_IS_GOOD,
          queries: [
            { expression: orZero(increase("db_slow_queries_total")), legend: "slow" },
            {
              expression: increase("db_repeated_queries_total", { by: ["endpoint"] }),
              legend: "repeated: {{endpoint}}",
            },
            { expression: increase("db_errors_total", { by: ["kind"] }), legend: "failed: {{kind}}" },
          ],
        },
      ],
    },
  ],
};
