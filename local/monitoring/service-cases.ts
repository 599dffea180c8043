import type { Firing, RuleCase } from "./rule-case.ts";
import { SCRAPE_JOB } from "./thresholds.ts";

const UP = `up{job="${SCRAPE_JOB}"}`;
const OTHERS = 'http_requests_total{method="GET", endpoint="/api/v2/usage", status="200"}';
const BROKEN = 'http_requests_total{method="GET", endpoint="/api/v2/usage", status="500"}';
const REFUSED = 'http_requests_total{method="GET", endpoint="/api/v2/usage", status="429"}';

/** Whether it can be seen, reached and used; and money. */
export const SERVICE_CASES: readonly RuleCase[] = [
  {
    name: "Heartbeat: whether anything is scraped or not",
    series: { [UP]: "1x5 0x5" },
    expected: [0, 3, 8, 60].map((minute) => ({
      at: `${minute}m`,
      alert: "Heartbeat",
      fires: [{ labels: {}, value: "" }],
    })),
  },
  {
    name: "MetricsMissing: scrapes fail for some minutes, then succeed",
    series: { [UP]: "1x5 0x5 1x5" },
    expected: [
      { at: "6m", alert: "MetricsMissing", fires: [] },
      { at: "7m", alert: "MetricsMissing", fires: [{ labels: { job: SCRAPE_JOB }, value: "" }] },
      { at: "13m", alert: "MetricsMissing", fires: [] },
    ],
  },
  {
    name: "MetricsMissing: nothing is scraped at all",
    series: {},
    expected: [{ at: "3m", alert: "MetricsMissing", fires: [{ labels: { job: SCRAPE_JOB }, value: "" }] }],
  },
  {
    name: "CountersMissing: the shards are away for three minutes; another part is not its business",
    series: {
      'metrics_collector_up{collector="shards"}': "1x2 0x2 1x5",
      'metrics_collector_up{collector="queues"}': "0x10",
    },
    expected: [
      { at: "3m", alert: "CountersMissing", fires: [] },
      { at: "4m", alert: "CountersMissing", fires: [{ labels: { collector: "shards" }, value: "" }] },
      { at: "4m", alert: "MetricsPartial", fires: [] },
      { at: "7m", alert: "CountersMissing", fires: [] },
    ],
  },
  {
    name: "MetricsPartial: a collector is away for five minutes",
    series: {
      'metrics_collector_up{collector="shards"}': "0x10",
      'metrics_collector_up{collector="queues"}': "0x10",
      'metrics_collector_up{collector="database_work"}': "0x4 1x6",
    },
    expected: [
      { at: "4m", alert: "MetricsPartial", fires: [] },
      { at: "6m", alert: "MetricsPartial", fires: [{ labels: { collector: "queues" }, value: "" }] },
    ],
  },
  {
    name: "DependencyDown: the database is away for a minute, the others answer",
    series: {
      'dependency_up{dependency="database"}': "1x2 0x2 1x2",
      'dependency_up{dependency="kv"}': "1x6",
    },
    expected: [
      { at: "3m", alert: "DependencyDown", fires: [] },
      { at: "4m", alert: "DependencyDown", fires: [{ labels: { dependency: "database" }, value: "" }] },
      { at: "6m", alert: "DependencyDown", fires: [] },
    ],
  },
  {
    name: "DependencyWasDown: for 7 and for 35 minutes after the database is back; a single probe that failed mutes nothing",
    series: {
      'dependency_up{dependency="database"}': "1x4 0x5 1x60",
      'dependency_up{dependency="durable_objects"}': "1x4 0 1x60",
      'dependency_up{dependency="kv"}': "0x70",
    },
    expected: [
      { at: "4m", alert: "DependencyWasDown", fires: [] },
      { at: "8m", alert: "DependencyWasDown", fires: wasDown("5m", "30m") },
      { at: "15m", alert: "DependencyWasDown", fires: wasDown("5m", "30m") },
      { at: "20m", alert: "DependencyWasDown", fires: wasDown("30m") },
      { at: "43m", alert: "DependencyWasDown", fires: wasDown("30m") },
      { at: "50m", alert: "DependencyWasDown", fires: [] },
    ],
  },
  {
    name: "HttpErrors: 6 % of all answers are 5xx",
    series: { [OTHERS]: "0+94x20", [BROKEN]: "0+6x20" },
    expected: [{ at: "10m", alert: "HttpErrors", fires: [{ labels: {}, value: "6%" }] }],
  },
  {
    name: "HttpErrors: 4 % are 5xx; 429 are none",
    series: { [OTHERS]: "0+76x20", [BROKEN]: "0+4x20", [REFUSED]: "0+20x20" },
    expected: [{ at: "10m", alert: "HttpErrors", fires: [] }],
  },
  {
    name: "HttpErrors: at night, two failures of twenty requests, and monitoring's own that fail",
    series: {
      [OTHERS]: "0+4x20",
      [BROKEN]: "0x5 2x15",
      'http_requests_total{method="GET", endpoint="/ready", status="503"}': "0+4x20",
      'http_requests_total{method="GET", endpoint="/metrics", status="200"}': "0+4x20",
      'http_requests_total{method="GET", endpoint="/health/detailed", status="503"}': "0+4x20",
    },
    expected: [
      { at: "6m", alert: "HttpErrors", fires: [] },
      { at: "10m", alert: "HttpErrors", fires: [] },
    ],
  },
  {
    name: "HttpErrors: 15 requests in five minutes are too few to judge",
    series: { [OTHERS]: "0+1x20", [BROKEN]: "0+2x20" },
    expected: [{ at: "10m", alert: "HttpErrors", fires: [] }],
  },
  {
    name: "RouteSlow: 94 % of the reads of a company come within 100 ms, 95 % were promised",
    series: reads("0+94x30", "0+100x30"),
    expected: [
      {
        at: "25m",
        alert: "RouteSlow",
        fires: [
          {
            labels: { slo: "company_latency", kind: "latency", route: "GET /api/v2/companies/{siren}" },
            value: "125ms",
          },
        ],
      },
    ],
  },
  {
    name: "RouteSlow: 96 % come within 100 ms; one request a minute is too little to judge",
    series: { ...reads("0+96x30", "0+100x30"), ...slowSearches("0+1x30") },
    expected: [{ at: "25m", alert: "RouteSlow", fires: [] }],
  },
  {
    name: "ProviderBreakerOpen: open or half open all the time counts; a good answer in between closes it",
    series: {
      'provider_breaker_state{provider="pappers"}': "2 1 2 2 1 2 2 1 2 2 2 1 2",
      'provider_breaker_state{provider="insee"}': "0 2 2 1x10",
      'provider_breaker_state{provider="bodacc"}': "0x12",
      'provider_breaker_state{provider="kaspr"}': "2 2 1 2 0 2 2 1 2 2 2 2 2",
    },
    expected: [
      { at: "4m", alert: "ProviderBreakerOpen", fires: [] },
      {
        at: "8m",
        alert: "ProviderBreakerOpen",
        fires: ["pappers", "insee"].map((provider) => ({ labels: { provider }, value: "" })),
      },
    ],
  },
  {
    name: "LimiterDegraded: refused and passed requests, more and fewer than ten in five minutes",
    series: {
      'limiter_degraded_total{policy="search", action="passed"}': "0+3x20",
      'limiter_degraded_total{policy="login", action="refused"}': "0+1x20",
      'limiter_degraded_total{policy="export", action="refused"}': "0+1x20",
    },
    expected: [
      { at: "3m", alert: "LimiterDegraded", fires: [] },
      { at: "12m", alert: "LimiterDegraded", fires: [{ labels: { action: "passed" }, value: "15" }] },
    ],
  },
  {
    name: "LlmCostHigh: 12.5 $ within a day",
    series: { llm_cost_dollars_total: "0+0.5x30" },
    expected: [{ at: "25m", alert: "LlmCostHigh", fires: [{ labels: {}, value: "12.5" }] }],
  },
  {
    name: "LlmCostHigh: 9 $ within a day, and a counter that begins again",
    series: { llm_cost_dollars_total: "80+0.3x15 0+0.3x14" },
    expected: [{ at: "29m", alert: "LlmCostHigh", fires: [] }],
  },
  {
    name: "ProviderCostHigh: one provider over 50 euros, one below",
    series: {
      'ma_api_costs_euros_total{provider="kaspr"}': "0+3x20",
      'ma_api_costs_euros_total{provider="pappers"}': "0+2.4x20",
    },
    expected: [
      { at: "15m", alert: "ProviderCostHigh", fires: [] },
      { at: "20m", alert: "ProviderCostHigh", fires: [{ labels: { provider: "kaspr" }, value: "60" }] },
    ],
  },
  {
    name: "CacheHitRatioLow: 69 % of the reads of companies",
    series: cacheReads("0+49x60", "0+31x60"),
    expected: [{ at: "50m", alert: "CacheHitRatioLow", fires: [{ labels: {}, value: "69%" }] }],
  },
  {
    name: "CacheHitRatioLow: 71 %; misses of the levels above and of answers do not count",
    series: {
      ...cacheReads("0+51x60", "0+29x60"),
      'cache_misses_total{kind="company", layer="isolate"}': "0+500x60",
      'cache_misses_total{kind="response", layer="isolate"}': "0+500x60",
    },
    expected: [{ at: "50m", alert: "CacheHitRatioLow", fires: [] }],
  },
  {
    name: "CacheHitRatioLow: three reads a minute are too few to judge",
    series: {
      'cache_hits_total{kind="company", layer="kv"}': "0x60",
      'cache_misses_total{kind="company", layer="postgres"}': "0+3x60",
    },
    expected: [{ at: "50m", alert: "CacheHitRatioLow", fires: [] }],
  },
];

function wasDown(...windows: string[]): Firing[] {
  return windows.map((window) => ({ labels: { dependency: "database", window }, value: "" }));
}

function reads(within: string, all: string): RuleCase["series"] {
  return route('method="GET", endpoint="/api/v2/companies/{siren}"', {
    "0.1": within,
    "0.25": all,
    "+Inf": all,
  });
}

function slowSearches(all: string): RuleCase["series"] {
  return route('method="GET", endpoint="/api/v2/companies"', { "0.25": "0x30", "10.0": all, "+Inf": all });
}

function route(where: string, bounds: Readonly<Record<string, string>>): RuleCase["series"] {
  const name = "http_request_duration_seconds";
  const labels = `${where}, status="200"`;
  return {
    ...Object.fromEntries(
      Object.entries(bounds).map(([le, values]) => [`${name}_bucket{${labels}, le="${le}"}`, values]),
    ),
    [`${name}_count{${labels}}`]: bounds["+Inf"] ?? "",
  };
}

/** 20 reads a minute of those answered by KV, the rest of the hits by the isolate. */
function cacheReads(hits: string, misses: string): RuleCase["series"] {
  return {
    'cache_hits_total{kind="company", layer="isolate"}': hits,
    'cache_hits_total{kind="company", layer="kv"}': "0+20x60",
    'cache_misses_total{kind="company", layer="postgres"}': misses,
  };
}
