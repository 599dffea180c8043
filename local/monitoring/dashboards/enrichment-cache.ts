import type { FailureReason } from "../../../src/domain/enrichment/failure-reason.ts";
import { THRESHOLDS } from "../thresholds.ts";
import { BREAKER_STATES } from "./breaker-states.ts";
import { gauge, increase, labelValues, orZero, quantile, rate, share } from "./expressions.ts";
import { type Dashboard, falling, NONE_IS_GOOD, rising } from "./panel.ts";

const RATIO = THRESHOLDS.cacheHitRatio;
const source = { source: { re: "$provider" } };
const provider = { provider: { re: "$provider" } };
/** Refused by ourselves before anything was asked. */
const NOT_ASKED = ["not_configured", "budget_reached", "linkedin_profile_required"] satisfies FailureReason[];
const asked = { source: { re: "$provider" }, status: { notRe: NOT_ASKED.join("|") } };
const failed = {
  source: { re: "$provider" },
  status: { notRe: ["found", "not_found", ...NOT_ASKED].join("|") },
};

/** What no level answered is a miss of the last one; any other miss was asked again below. */
const LAST_LAYER = { company: "postgres", response: "isolate", principal: "isolate" } as const;

function hitRatio(kind: keyof typeof LAST_LAYER): string {
  const hits = rate("cache_hits_total", { where: { kind } });
  const missed = rate("cache_misses_total", { where: { kind, layer: LAST_LAYER[kind] } });
  return share(hits, `(${hits} + ${missed})`);
}

export const ENRICHMENT_CACHE: Dashboard = {
  uid: "ma-enrichment-cache",
  title: "M&A enrichment and cache",
  description: "What the sources answer, what they cost, and what the caches save.",
  tags: ["enrichment", "cache"],
  span: "6h",
  variables: [
    { name: "provider", label: "Provider", query: labelValues("ma_enrichment_requests_total", "source") },
  ],
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Companies",
          description: "Companies handed out enriched, a second.",
          type: "stat",
          unit: "ops",
          width: 6,
          queries: [{ expression: orZero(rate("ma_companies_enriched_total")), legend: "companies" }],
        },
        {
          title: "Cache ratio",
          description: `Share of the reads of companies that a layer answered without asking a source. The alert fires below ${RATIO * 100} %.`,
          type: "stat",
          unit: "percentunit",
          width: 6,
          thresholds: falling(RATIO, RATIO + 0.1),
          queries: [{ expression: hitRatio("company"), legend: "company" }],
        },
        {
          title: "Failed calls",
          description:
            "Share of the calls that a source did not answer: timeouts, its refusals, open breakers. What we refuse before asking (no key, no budget, no profile) is left out.",
          type: "stat",
          unit: "percentunit",
          width: 6,
          thresholds: rising(0.02, 0.1),
          queries: [
            {
              expression: orZero(
                share(
                  rate("ma_enrichment_requests_total", { where: failed }),
                  rate("ma_enrichment_requests_total", { where: asked }),
                ),
              ),
              legend: "failed",
            },
          ],
        },
        {
          title: "Breakers not closed",
          description: "Providers that failed ten times in a row and have not answered well since.",
          type: "stat",
          unit: "short",
          width: 6,
          thresholds: NONE_IS_GOOD,
          queries: [
            {
              expression: orZero(
                `count(${gauge("max", "provider_breaker_state", { by: ["provider"] })} > 0)`,
              ),
              legend: "breakers",
            },
          ],
        },
      ],
    },
    {
      title: "Sources",
      panels: [
        {
          title: "What came of the calls",
          description: "Calls a second by what came of them. `not_found` is an answer.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          stacked: true,
          queries: [
            {
              expression: rate("ma_enrichment_requests_total", { where: source, by: ["status"] }),
              legend: "{{status}}",
            },
          ],
        },
        {
          title: "Time of the calls",
          description: "95 % of a source's answers come within this time, tries and waits included.",
          type: "timeseries",
          unit: "s",
          width: 12,
          queries: [
            {
              expression: quantile(0.95, "ma_enrichment_duration_seconds", { where: source, by: ["source"] }),
              legend: "{{source}}",
            },
          ],
        },
        {
          title: "Failed calls by source",
          description:
            "Ten failures in a row open a source's breaker. What we refuse before asking is left out.",
          type: "timeseries",
          unit: "percentunit",
          width: 12,
          max: 1,
          queries: [
            {
              expression: share(
                rate("ma_enrichment_requests_total", { where: failed, by: ["source"] }),
                rate("ma_enrichment_requests_total", { where: asked, by: ["source"] }),
              ),
              legend: "{{source}}",
            },
          ],
        },
        {
          title: "Breakers",
          description:
            "Closed: calls go out. Open: none may, for half a minute. Half open: the next one may try; it stays so while nobody asks, and closes with a good answer.",
          type: "state-timeline",
          unit: "none",
          width: 12,
          mappings: BREAKER_STATES,
          queries: [
            {
              expression: gauge("max", "provider_breaker_state", { where: provider, by: ["provider"] }),
              legend: "{{provider}}",
            },
          ],
        },
        {
          title: "Credits",
          description: "Credits that providers charged in the time shown.",
          type: "bargauge",
          unit: "short",
          width: 12,
          queries: [
            {
              expression: increase("ma_api_credits_total", { where: provider, by: ["provider"] }),
              legend: "{{provider}}",
            },
          ],
        },
        {
          title: "Where companies came from",
          description: "Companies handed out, a second: known already, or asked of the sources.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          stacked: true,
          queries: [
            { expression: rate("ma_companies_enriched_total", { by: ["origin"] }), legend: "{{origin}}" },
          ],
        },
      ],
    },
    {
      title: "Caches",
      panels: [
        {
          title: "Hit ratio",
          description:
            "Share of reads that a cache answered: companies (whatever the layer), whole answers, and who a key belongs to.",
          type: "timeseries",
          unit: "percentunit",
          width: 24,
          max: 1,
          queries: [
            { expression: hitRatio("company"), legend: "company" },
            { expression: hitRatio("response"), legend: "response" },
            { expression: hitRatio("principal"), legend: "principal" },
          ],
        },
        {
          title: "Hits by layer",
          description:
            "Reads of companies a second by the layer that answered, from the nearest to the farthest.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          stacked: true,
          queries: [
            {
              expression: rate("cache_hits_total", { where: { kind: "company" }, by: ["layer"] }),
              legend: "{{layer}}",
            },
          ],
        },
        {
          title: "Misses by layer",
          description:
            "Reads of companies a second that a layer could not answer: each goes on to the next layer.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            {
              expression: rate("cache_misses_total", { where: { kind: "company" }, by: ["layer"] }),
              legend: "{{layer}}",
            },
          ],
        },
      ],
    },
  ],
};
