import { KEY_LIFE_DAYS } from "../../src/domain/accounts/rotate-keyring.ts";
import type { Alert } from "./alert.ts";
import { select, series } from "./promql.ts";
import type { RuleClock } from "./rule-clock.ts";
import { THRESHOLDS } from "./thresholds.ts";

const MINUTE = 60;
const DAY = 86_400;

/** The audit, keys, and what our own code does wrong. */
export function trustAlerts(clock: RuleClock): Alert[] {
  return [...auditAlerts(clock), ...oldKeys(clock), ...codeAlerts(clock)];
}

function auditAlerts(clock: RuleClock): Alert[] {
  const common = { category: "security", dashboard: "ma-security-audit" } as const;
  const broken = series("audit_verifications_total", { result: "broken" });
  const failures = `sum by (stage) (increase(${series("audit_chain_failures_total")}[${clock.span(30 * MINUTE)}]))`;
  const waiting = `min_over_time(${series("audit_records_waiting")}[${clock.span(30 * MINUTE)}])`;
  return [
    {
      ...common,
      name: "AuditChainBroken",
      severity: "critical",
      runbook: "audit-chain-broken",
      expr: `sum(increase(${broken}[${clock.span(60 * MINUTE)}])) > 0`,
      for: null,
      summary: "A verification found an audit chain broken",
      description: "Treat it as tampering until shown otherwise: keep evidence, change nothing.",
      when: "a verification found a chain broken within the last hour",
    },
    {
      ...common,
      name: "AuditChainFailing",
      severity: "warning",
      runbook: "audit-chain-behind",
      expr: `${failures} >= ${THRESHOLDS.auditFailures}`,
      for: null,
      summary: "Audit chains failed to {{ $labels.stage }} {{ $value | humanize }} times in half an hour",
      description: "Nothing is lost: the outbox keeps what is not chained. Find out what does not answer.",
      when: `chains could not take or anchor entries ${THRESHOLDS.auditFailures} times in half an hour`,
    },
    {
      ...common,
      name: "AuditRecordsWaiting",
      severity: "warning",
      runbook: "audit-chain-behind",
      expr: `${waiting} > ${THRESHOLDS.auditRecordsWaiting}`,
      for: null,
      summary: "{{ $value | humanize }} audit records or more wait for half an hour to be chained",
      description: "Is drain_audit running? Do the AuditChain objects answer?",
      when: `more than ${THRESHOLDS.auditRecordsWaiting} records were in no chain throughout half an hour`,
    },
  ];
}

/** A rule for each lifetime. */
function oldKeys(clock: RuleClock): Alert[] {
  const lives = [...new Set(Object.values(KEY_LIFE_DAYS))];
  return lives.map((days) => {
    const purposes = Object.entries(KEY_LIFE_DAYS).flatMap(([purpose, life]) =>
      life === days ? purpose : [],
    );
    const most = (days + THRESHOLDS.keyGraceDays) * DAY;
    return {
      name: "DataKeyOld",
      severity: "warning",
      category: "security",
      runbook: "data-key-old",
      dashboard: "ma-security-audit",
      expr: `${series("key_age_seconds", { purpose: { re: purposes.join("|") } })} > ${most}`,
      for: clock.span(60 * MINUTE),
      labels: { life: `${days}d` },
      summary: `The {{ $labels.purpose }} key is {{ $value | humanizeDuration }} old; it lives ${days} days`,
      description: "The nightly job rotate_keys did not replace it: see why, or run npm run keys:rotate.",
      when: `a data key is ${THRESHOLDS.keyGraceDays} days older than it may be`,
    };
  });
}

function codeAlerts(clock: RuleClock): Alert[] {
  const common = { severity: "warning", category: "availability", dashboard: "ma-api" } as const;
  const window = clock.span(15 * MINUTE);
  const slow = `sum(increase(${series("db_slow_queries_total")}[${window}]))`;
  const trips = `sum(increase(${select("db_query_duration_seconds_count", {})}[${window}]))`;
  const hour = clock.span(60 * MINUTE);
  const repeated = series("db_repeated_queries_total");
  const counted = series("metrics_collector_up", { collector: "shards" });
  return [
    {
      ...common,
      name: "UnexpectedErrors",
      runbook: "unexpected-errors",
      expr: `sum(increase(${series("errors_reported_total")}[${window}])) > 0`,
      for: null,
      summary: "{{ $value | humanize }} errors that nobody foresaw in 15 minutes",
      description: "Each is a bug: the error tracker has it with its request id, the log has the line.",
      when: "an error that nobody foresaw happened within the last 15 minutes",
    },
    {
      ...common,
      name: "SlowQueries",
      runbook: "slow-queries",
      expr: `${slow} > ${THRESHOLDS.slowQueries}\nand\n${slow} > ${THRESHOLDS.slowQueryShare} * ${trips}`,
      for: clock.span(5 * MINUTE),
      summary: "{{ $value | humanize }} slow round trips to the database in 15 minutes",
      description: "Find the statement in the log (slow_query) and in npm run db:report.",
      when: `more than ${THRESHOLDS.slowQueries} round trips, and more than ${THRESHOLDS.slowQueryShare * 100} % of all, took longer than SLOW_QUERY_MS in 15 minutes`,
    },
    {
      ...common,
      name: "RepeatedQueries",
      runbook: "repeated-queries",
      // A series begins with its first occurrence, which `increase` does not count: new is what was not there while all was counted.
      expr: `sum by (endpoint) (increase(${series("db_repeated_queries_total")}[${hour}])) > 0\nor\n(sum by (endpoint) (${repeated} unless ${repeated} offset ${hour}) and on () (${counted} offset ${hour} == 1))`,
      for: null,
      summary: "{{ $labels.endpoint }} runs one statement more than three times a request",
      description: "A loop over a query. The log (query_repeated) names the statement.",
      when: "a route ran one statement more than three times in a request within the last hour",
    },
  ];
}
