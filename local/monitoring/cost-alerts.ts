import type { Alert } from "./alert.ts";
import { series } from "./promql.ts";
import type { RuleClock } from "./rule-clock.ts";
import { THRESHOLDS } from "./thresholds.ts";

const MINUTE = 60;
const DAY = 86_400;

/** Money, and the caches that save it. */
export function costAlerts(clock: RuleClock): Alert[] {
  const day = clock.span(DAY);
  return [
    {
      name: "LlmCostHigh",
      severity: "warning",
      category: "cost",
      runbook: "llm-cost",
      dashboard: "ma-enrichment-cache",
      expr: `sum(increase(${series("llm_cost_dollars_total")}[${day}])) > ${THRESHOLDS.llmDollarsADay}`,
      for: null,
      summary: "Language models cost ${{ $value | humanize }} within a day",
      description: "See when it began and whether calls or their length grew.",
      when: `language models cost more than ${THRESHOLDS.llmDollarsADay} $ within a day`,
    },
    {
      name: "ProviderCostHigh",
      severity: "warning",
      category: "cost",
      runbook: "provider-cost",
      dashboard: "ma-enrichment-cache",
      expr: `sum by (provider) (increase(${series("ma_api_costs_euros_total")}[${day}])) > ${THRESHOLDS.providerEurosADay}`,
      for: null,
      summary: "{{ $labels.provider }} cost {{ $value | humanize }} euros within a day",
      description:
        "Find the organisation that spends it in usage_months; its monthly budget still bounds it.",
      when: `a provider cost more than ${THRESHOLDS.providerEurosADay} € within a day`,
    },
    cacheRatio(clock),
  ];
}

/** A read that no level answered is a miss of the last one, Postgres; each other miss was asked again below. */
function cacheRatio(clock: RuleClock): Alert {
  const window = clock.span(30 * MINUTE);
  const hits = `sum(rate(${series("cache_hits_total", { kind: "company" })}[${window}]))`;
  const missed = `sum(rate(${series("cache_misses_total", { kind: "company", layer: "postgres" })}[${window}]))`;
  const reads = `(${hits} + ${missed})`;
  return {
    name: "CacheHitRatioLow",
    severity: "warning",
    category: "availability",
    runbook: "cache-ratio",
    dashboard: "ma-enrichment-cache",
    expr: `${hits} / ${reads} < ${THRESHOLDS.cacheHitRatio}\nand\n${reads} * ${clock.seconds(30 * MINUTE)} >= ${THRESHOLDS.leastCacheReads}`,
    for: clock.span(15 * MINUTE),
    summary: "Caches answer only {{ $value | humanizePercentage }} of the reads of companies",
    description: "See which level fails (KV, edge or Postgres), and whether a caller forces refreshes.",
    when: `caches answered less than ${THRESHOLDS.cacheHitRatio * 100} % of at least ${THRESHOLDS.leastCacheReads} reads in half an hour, for 15 minutes`,
  };
}
