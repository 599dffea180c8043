import { select } from "../promql.ts";
import { gauge, increase, labelValues, orZero, rate } from "./expressions.ts";
import { type Dashboard, falling, NONE_IS_GOOD, rising } from "./panel.ts";

const where = { slo: { re: "$slo" } };

/** How many times faster than allowed the budget is spent: 1 spends it in exactly its window. Of recording rules. */
function burn(window: "5m" | "1h" | "6h" | "3d"): string {
  return `${select(`slo:bad:ratio_rate${window}`, where)} / (1 - ${select("slo:objective:ratio", where)})`;
}

const UP = {
  "0": { text: "down", color: "red" },
  "1": { text: "up", color: "green" },
} as const;

export const SLO: Dashboard = {
  uid: "ma-slo",
  title: "M&A objectives",
  description:
    "What was promised, what is left of each error budget, how fast it burns, and whether monitoring itself works.",
  tags: ["slo"],
  span: "24h",
  variables: [{ name: "slo", label: "Objective", query: labelValues("slo_objective_ratio", "slo") }],
  rows: [
    {
      title: "Budgets",
      panels: [
        {
          title: "Budgets overspent",
          description: "Objectives whose error budget of 30 days is used up.",
          type: "stat",
          unit: "short",
          width: 8,
          thresholds: NONE_IS_GOOD,
          queries: [
            {
              expression: orZero(
                `count(${gauge("max", "slo_error_budget_remaining_ratio", { where, by: ["slo"] })} < 0)`,
              ),
              legend: "overspent",
            },
          ],
        },
        {
          title: "Least budget left",
          description: "What is left to the objective that has least; negative when it is overspent.",
          type: "stat",
          unit: "percentunit",
          width: 8,
          negative: true,
          thresholds: falling(0, 0.25),
          queries: [
            { expression: gauge("min", "slo_error_budget_remaining_ratio", { where }), legend: "budget" },
          ],
        },
        {
          title: "Fastest burn, 1 h",
          description: "1 spends a budget in exactly its 30 days; above 14.4 somebody is called.",
          type: "stat",
          unit: "none",
          width: 8,
          thresholds: rising(1, 14.4),
          queries: [{ expression: orZero(`max(${burn("1h")})`), legend: "times the budget" }],
        },
        {
          title: "Budget left by objective",
          description: "What is left of the error budget of 30 days; negative when it is overspent.",
          type: "bargauge",
          unit: "percentunit",
          width: 12,
          negative: true,
          max: 1,
          thresholds: falling(0, 0.25),
          queries: [
            {
              expression: `sort(${gauge("max", "slo_error_budget_remaining_ratio", { where, by: ["slo"] })})`,
              legend: "{{slo}}",
            },
          ],
        },
        {
          title: "Promised and kept",
          description:
            "The share of good events that was promised, and the share within the last hour and three days.",
          type: "table",
          unit: "percentunit",
          width: 12,
          queries: [
            { expression: gauge("max", "slo_objective_ratio", { where, by: ["slo"] }), legend: "Promised" },
            {
              expression: `max by (slo) (1 - ${select("slo:bad:ratio_rate1h", where)})`,
              legend: "Last hour",
            },
            {
              expression: `max by (slo) (1 - ${select("slo:bad:ratio_rate3d", where)})`,
              legend: "Three days",
            },
          ],
        },
      ],
    },
    {
      title: "Burn rates",
      panels: [
        {
          title: "Fast: 1 h",
          description: "Pages above 14.4, when the last five minutes are as bad.",
          type: "timeseries",
          unit: "none",
          width: 12,
          thresholds: rising(1, 14.4),
          queries: [{ expression: burn("1h"), legend: "{{slo}}" }],
        },
        {
          title: "Steady: 6 h",
          description: "Pages above 6, when the last half hour is as bad.",
          type: "timeseries",
          unit: "none",
          width: 12,
          thresholds: rising(1, 6),
          queries: [{ expression: burn("6h"), legend: "{{slo}}" }],
        },
        {
          title: "Bad events now",
          description: "Share of bad events within five minutes.",
          type: "timeseries",
          unit: "percentunit",
          width: 12,
          queries: [{ expression: select("slo:bad:ratio_rate5m", where), legend: "{{slo}}" }],
        },
        {
          title: "Spans that missed the objective",
          description: "Spans of five minutes, in the time shown, in which an objective was not met.",
          type: "bargauge",
          unit: "short",
          width: 12,
          thresholds: NONE_IS_GOOD,
          queries: [
            { expression: increase("slo_breaches_total", { where, by: ["slo"] }), legend: "{{slo}}" },
          ],
        },
      ],
    },
    {
      title: "Monitoring itself",
      panels: [
        {
          title: "Dependencies",
          description: "Whether each dependency answered when Prometheus last asked.",
          type: "state-timeline",
          unit: "none",
          width: 12,
          mappings: UP,
          queries: [
            { expression: gauge("min", "dependency_up", { by: ["dependency"] }), legend: "{{dependency}}" },
          ],
        },
        {
          title: "Collectors",
          description:
            "Whether each part of /metrics could be collected; a part that is down has no fresh numbers.",
          type: "state-timeline",
          unit: "none",
          width: 12,
          mappings: UP,
          queries: [
            {
              expression: gauge("min", "metrics_collector_up", { by: ["collector"] }),
              legend: "{{collector}}",
            },
          ],
        },
        {
          title: "Hand-overs and exports",
          description:
            "Times a second that isolates handed their counts over, and that spans were sent to the collector.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            { expression: rate("metrics_flushes_total", { by: ["result"] }), legend: "counts {{result}}" },
            { expression: rate("trace_exports_total", { by: ["result"] }), legend: "spans {{result}}" },
          ],
        },
        {
          title: "What runs",
          description: "The version that answered Prometheus last, and its environment.",
          type: "table",
          unit: "none",
          width: 12,
          queries: [
            { expression: gauge("max", "build_info", { by: ["version", "environment"] }), legend: "Running" },
          ],
        },
      ],
    },
  ],
};
