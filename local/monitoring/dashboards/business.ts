import { THRESHOLDS } from "../thresholds.ts";
import { buckets, gauge, increase, quantile } from "./expressions.ts";
import { type Dashboard, rising } from "./panel.ts";

const DOLLARS = THRESHOLDS.llmDollarsADay;
const NO_MODEL = "No language model is called yet: zero until one is.";

export const BUSINESS: Dashboard = {
  uid: "ma-business",
  title: "M&A business",
  description: "What clients get, who uses it, and what it costs.",
  tags: ["business"],
  span: "7d",
  variables: [],
  rows: [
    {
      title: "Companies and people",
      panels: [
        {
          title: "Companies enriched",
          description: "Companies handed out enriched in the time shown, by where they came from.",
          type: "stat",
          unit: "short",
          width: 12,
          queries: [
            {
              expression: increase("ma_companies_enriched_total", { by: ["origin"] }),
              legend: "{{origin}}",
            },
          ],
        },
        {
          title: "Active within a day",
          description: "People who signed in and keys that were used within the last day.",
          type: "stat",
          unit: "short",
          width: 12,
          queries: [
            {
              expression: gauge("max", "ma_active_users", { where: { window: "1d" }, by: ["actor"] }),
              legend: "{{actor}}",
            },
          ],
        },
        {
          title: "Active users",
          description: "People and API keys that were used within a day, a week and a month.",
          type: "timeseries",
          unit: "short",
          width: 12,
          queries: [
            {
              expression: gauge("max", "ma_active_users", { by: ["actor", "window"] }),
              legend: "{{actor}} {{window}}",
            },
          ],
        },
        {
          title: "Scores",
          description: "How the scores that were computed spread from 0 to 100; the darker, the more.",
          type: "heatmap",
          unit: "none",
          width: 12,
          queries: [{ expression: buckets("ma_scores_distribution"), legend: "{{le}}" }],
        },
      ],
    },
    {
      title: "Costs",
      panels: [
        {
          title: "Euros a day by provider",
          description:
            "What each provider charged within the last 24 hours, at the configured price of a credit.",
          type: "timeseries",
          unit: "currencyEUR",
          width: 12,
          stacked: true,
          queries: [
            {
              expression: increase("ma_api_costs_euros_total", { by: ["provider"], span: "1d" }),
              legend: "{{provider}}",
            },
          ],
        },
        {
          title: "Euros in the time shown",
          description:
            "What each provider charged. The alert's threshold is in local/monitoring/thresholds.ts.",
          type: "bargauge",
          unit: "currencyEUR",
          width: 12,
          queries: [
            {
              expression: increase("ma_api_costs_euros_total", { by: ["provider"] }),
              legend: "{{provider}}",
            },
          ],
        },
        {
          title: "Language model: calls",
          description: `Calls of a language model in the time shown. ${NO_MODEL}`,
          type: "bargauge",
          unit: "short",
          width: 8,
          queries: [{ expression: increase("llm_calls_total", { by: ["status"] }), legend: "{{status}}" }],
        },
        {
          title: "Language model: time",
          description: `95 % of its answers come within this time. ${NO_MODEL}`,
          type: "timeseries",
          unit: "s",
          width: 8,
          queries: [{ expression: quantile(0.95, "llm_latency_seconds"), legend: "p95" }],
        },
        {
          title: "Language model: dollars a day",
          description: `What it charged within the last 24 hours; the alert fires above ${DOLLARS} $. ${NO_MODEL}`,
          type: "timeseries",
          unit: "currencyUSD",
          width: 8,
          thresholds: rising(DOLLARS / 2, DOLLARS),
          queries: [{ expression: increase("llm_cost_dollars_total", { span: "1d" }), legend: "dollars" }],
        },
      ],
    },
    {
      title: "Batches and exports",
      panels: [
        {
          title: "Rows by outcome",
          description: "Rows of batches that came to an end in the time shown.",
          type: "bargauge",
          unit: "short",
          width: 12,
          queries: [
            { expression: increase("ma_batch_rows_total", { by: ["outcome"] }), legend: "{{outcome}}" },
          ],
        },
        {
          title: "Batches",
          description: "Batches that ended within the last 24 hours, by how.",
          type: "timeseries",
          unit: "short",
          width: 12,
          stacked: true,
          queries: [
            {
              expression: increase("ma_batches_total", { by: ["status"], span: "1d" }),
              legend: "{{status}}",
            },
          ],
        },
        {
          title: "Exports by format",
          description: "Exports that ended in the time shown, by format and how.",
          type: "bargauge",
          unit: "short",
          width: 12,
          queries: [
            {
              expression: increase("ma_exports_total", { by: ["format", "status"] }),
              legend: "{{format}} {{status}}",
            },
          ],
        },
        {
          title: "Rows exported",
          description: "Rows exported within the last 24 hours, by format.",
          type: "timeseries",
          unit: "short",
          width: 12,
          stacked: true,
          queries: [
            {
              expression: increase("ma_export_rows_total", { by: ["format"], span: "1d" }),
              legend: "{{format}}",
            },
          ],
        },
      ],
    },
  ],
};
