import { SLO_KINDS, type SloKind } from "../../src/observability/slos.ts";

/** Pages of docs/runbooks that an alert leads to; those of objectives are `slo-<kind>`. */
export const SERVICE_RUNBOOKS = [
  "monitoring-silent",
  "metrics-missing",
  "metrics-partial",
  "dependency-down",
  "http-errors",
  "cache-ratio",
  "llm-cost",
  "provider-cost",
  "dead-letters",
  "provider-breaker",
  "limiter-degraded",
  "queue-backlog",
  "cron-not-run",
  "audit-chain-broken",
  "audit-chain-behind",
  "batches-failing",
  "exports-failing",
  "webhooks-overdue",
  "webhooks-given-up",
  "data-key-old",
  "unexpected-errors",
  "slow-queries",
  "repeated-queries",
] as const;

export type ServiceRunbook = (typeof SERVICE_RUNBOOKS)[number];
export type Runbook = ServiceRunbook | `slo-${SloKind}`;

export const RUNBOOKS: readonly Runbook[] = [
  ...SLO_KINDS.map((kind) => `slo-${kind}` as const),
  ...SERVICE_RUNBOOKS,
];
