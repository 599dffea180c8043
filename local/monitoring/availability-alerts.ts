import { MONITORING_ROUTES } from "../../src/observability/monitoring-routes.ts";
import { SLOS } from "../../src/observability/slos.ts";
import type { Alert } from "./alert.ts";
import { select, series } from "./promql.ts";
import type { RuleClock } from "./rule-clock.ts";
import { SCRAPE_JOB, THRESHOLDS } from "./thresholds.ts";

const MINUTE = 60;

/** Whether it can be seen, reached and used at all. */
export function availabilityAlerts(clock: RuleClock): Alert[] {
  return [
    ...blindness(clock),
    {
      name: "DependencyDown",
      severity: "critical",
      category: "availability",
      runbook: "dependency-down",
      dashboard: "ma-api",
      expr: `${series("dependency_up")} == 0`,
      for: clock.span(MINUTE / 2),
      summary: "{{ $labels.dependency }} does not answer",
      description: "Ask /ready, look at the provider's status page; nothing in this service mends it.",
      when: "a dependency did not answer for 30 s",
    },
    ...aftermath(clock),
    httpErrors(clock),
    ...slowRoutes(clock),
    breakerOpen(clock),
    limiterDegraded(clock),
  ];
}

/**
 * Windows stay full of failures after what caused them is over: these keep muting what looks back 5 and 30 minutes,
 * some minutes longer than it does.
 */
function aftermath(clock: RuleClock): Alert[] {
  const down =
    'ALERTS{alertname="DependencyDown", alertstate="firing", dependency=~"database|durable_objects"}';
  return [
    { window: "5m", minutes: 7 },
    { window: "30m", minutes: 35 },
  ].map(({ window, minutes }) => ({
    name: "DependencyWasDown",
    severity: "none",
    category: "availability",
    runbook: "dependency-down",
    dashboard: "ma-api",
    expr: `max by (dependency) (max_over_time(${down}[${clock.span(minutes * MINUTE)}]))`,
    for: null,
    labels: { window },
    summary: `{{ $labels.dependency }} was away: what looks back ${window} still sees it`,
    description: "Nothing to do: it keeps alerts about the same failure from being sent.",
    when: "the database or the Durable Objects were down within the last 7 or 35 minutes; mutes what looks back so far",
  }));
}

function blindness(clock: RuleClock): Alert[] {
  const up = select("up", { job: SCRAPE_JOB });
  return [
    {
      name: "Heartbeat",
      severity: "none",
      category: "availability",
      runbook: "monitoring-silent",
      dashboard: "ma-api",
      expr: "vector(1)",
      for: null,
      summary: "Rules are judged and their alerts sent",
      description: "Nothing to do: whoever gets it every minute raises the alarm when it stays away.",
      when: "always; a service outside calls when it stays away",
    },
    {
      name: "MetricsMissing",
      severity: "critical",
      category: "availability",
      runbook: "metrics-missing",
      dashboard: "ma-api",
      expr: `${up} == 0 or absent(${up})`,
      for: clock.span(MINUTE / 2),
      summary: "Prometheus gets no metrics: no other alert can fire",
      description: "Ask /health first: either the service is down, or the token or the address is wrong.",
      when: "no scrape succeeded for 30 s, or nothing is scraped",
    },
    {
      name: "CountersMissing",
      severity: "critical",
      category: "availability",
      runbook: "metrics-partial",
      dashboard: "ma-api",
      expr: `${series("metrics_collector_up", { collector: "shards" })} == 0`,
      for: clock.span(MINUTE),
      summary: "/metrics has no counters: no alert about requests, jobs or money can fire",
      description: "The MetricsShard objects do not answer: see /ready for durable_objects, then the log.",
      when: "the counters of /metrics could not be read for a minute",
    },
    {
      name: "MetricsPartial",
      severity: "warning",
      category: "availability",
      runbook: "metrics-partial",
      dashboard: "ma-api",
      expr: `${series("metrics_collector_up", { collector: { not: "shards" } })} == 0`,
      for: clock.span(5 * MINUTE),
      summary: "The {{ $labels.collector }} part of /metrics is missing",
      description: "What it counts cannot alert; read the logs of GET /metrics for why.",
      when: "a part of /metrics other than the counters could not be collected for 5 minutes",
    },
  ];
}

function httpErrors(clock: RuleClock): Alert {
  const window = clock.span(5 * MINUTE);
  const endpoint = { notRe: MONITORING_ROUTES };
  const errors = `sum(rate(${series("http_requests_total", { endpoint, status: { re: "5.." } })}[${window}]))`;
  const all = `sum(rate(${series("http_requests_total", { endpoint })}[${window}]))`;
  const seconds = clock.seconds(5 * MINUTE);
  const enough = `${all} * ${seconds} >= ${THRESHOLDS.leastRequests}\nand\n${errors} * ${seconds} >= ${THRESHOLDS.leastErrors}`;
  return {
    name: "HttpErrors",
    severity: "critical",
    category: "availability",
    runbook: "http-errors",
    dashboard: "ma-api",
    expr: `${errors} / ${all} > ${THRESHOLDS.errorRatio}\nand\n${enough}`,
    for: clock.span(MINUTE / 4),
    summary: "{{ $value | humanizePercentage }} of the answers to clients are 5xx",
    description:
      "See which routes and statuses, then /ready and the last deployment: roll back if it began there.",
    when: `more than ${THRESHOLDS.errorRatio * 100} % of at least ${THRESHOLDS.leastRequests} answers in 5 minutes are 5xx, at least ${THRESHOLDS.leastErrors} of them, for 15 s; monitoring's own requests do not count`,
  };
}

/** A rule for each critical route: what its users wait for, against what was promised. */
function slowRoutes(clock: RuleClock): Alert[] {
  const window = clock.span(10 * MINUTE);
  return SLOS.flatMap(({ id, kind, route, sli }) => {
    if (kind !== "latency" || sli.by !== "time" || route === null) return [];
    const where = { ...sli.where, status: { notRe: "5.." } };
    const p95 = `histogram_quantile(0.95, sum by (le) (rate(${select(`${sli.metric}_bucket`, where)}[${window}])))`;
    const enough = `sum(rate(${select(`${sli.metric}_count`, where)}[${window}])) * ${clock.seconds(10 * MINUTE)} >= ${THRESHOLDS.leastRequests}`;
    return [
      {
        name: "RouteSlow",
        severity: "warning" as const,
        category: "slo" as const,
        runbook: "slo-latency" as const,
        dashboard: "ma-slo" as const,
        expr: `${p95} > ${sli.seconds}\nand\n${enough}`,
        for: clock.span(10 * MINUTE),
        labels: { slo: id, kind, route },
        summary: `${route}: p95 is {{ $value | humanizeDuration }}, promised are ${sli.seconds * 1_000} ms`,
        description:
          "Compare database, provider and cache times of the route; look for slow or repeated queries.",
        when: `p95 of a critical route is over its target for 10 minutes (at least ${THRESHOLDS.leastRequests} requests)`,
      },
    ];
  });
}

/** Half open too: nothing has succeeded since it opened, and without traffic nobody tries. */
function breakerOpen(clock: RuleClock): Alert {
  return {
    name: "ProviderBreakerOpen",
    severity: "warning",
    category: "availability",
    runbook: "provider-breaker",
    dashboard: "ma-enrichment-cache",
    expr: `${series("provider_breaker_state")} > 0`,
    for: clock.span(5 * MINUTE),
    summary: "{{ $labels.provider }} is not asked any more: it failed too often",
    description:
      "Stale copies are served meanwhile. Check the provider's status page, our key and its quota.",
    when: "a provider failed ten times in a row and has not answered well since, for 5 minutes",
  };
}

function limiterDegraded(clock: RuleClock): Alert {
  const uncounted = `sum by (action) (increase(${series("limiter_degraded_total")}[${clock.span(5 * MINUTE)}]))`;
  return {
    name: "LimiterDegraded",
    severity: "warning",
    category: "availability",
    runbook: "limiter-degraded",
    dashboard: "ma-api",
    expr: `${uncounted} > ${THRESHOLDS.uncountedRequests}`,
    for: clock.span(2 * MINUTE),
    summary:
      "{{ $value | humanize }} requests in 5 minutes could not be counted and were {{ $labels.action }}",
    description: "Durable Objects are slow or away: look at their status; do not switch the limits off.",
    when: `more than ${THRESHOLDS.uncountedRequests} requests in 5 minutes could not be counted by the rate limiter`,
  };
}
