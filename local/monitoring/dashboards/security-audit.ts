import { THRESHOLDS } from "../thresholds.ts";
import { gauge, increase, orZero, rate, share } from "./expressions.ts";
import { type Dashboard, NONE_IS_GOOD, rising } from "./panel.ts";

const WAITING = THRESHOLDS.auditRecordsWaiting;
const refused = { result: "refused" };

export const SECURITY_AUDIT: Dashboard = {
  uid: "ma-security-audit",
  title: "M&A security and audit",
  description:
    "Who proves who he is and who is refused, limits, the audit's chains, keys, and what goes wrong unexpectedly.",
  tags: ["security", "audit"],
  span: "24h",
  variables: [],
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Refused credentials",
          description: "Share of attempts with a password, code, key or token that were refused.",
          type: "stat",
          unit: "percentunit",
          width: 6,
          thresholds: rising(0.2, 0.5),
          queries: [
            {
              expression: orZero(
                share(rate("auth_attempts_total", { where: refused }), rate("auth_attempts_total")),
              ),
              legend: "refused",
            },
          ],
        },
        {
          title: "Audit records waiting",
          description: `Records that are in no chain yet: a handful, for seconds. The alert fires above ${WAITING}.`,
          type: "stat",
          unit: "short",
          width: 6,
          thresholds: rising(WAITING / 5, WAITING),
          queries: [{ expression: gauge("max", "audit_records_waiting"), legend: "records" }],
        },
        {
          title: "Broken chains found",
          description: "Verifications that found a chain broken, in the time shown. Any is an incident.",
          type: "stat",
          unit: "short",
          width: 6,
          thresholds: NONE_IS_GOOD,
          queries: [
            {
              expression: orZero(increase("audit_verifications_total", { where: { result: "broken" } })),
              legend: "broken",
            },
          ],
        },
        {
          title: "Unexpected errors",
          description: "Errors of ours in the time shown; the error tracker has them with their request.",
          type: "stat",
          unit: "short",
          width: 6,
          thresholds: NONE_IS_GOOD,
          queries: [{ expression: orZero(increase("errors_reported_total")), legend: "errors" }],
        },
      ],
    },
    {
      title: "Credentials and limits",
      panels: [
        {
          title: "Refused by method",
          description:
            "Refusals a second. Many of `password` or `totp` at once: somebody guesses. Many of `api_key`: a client has an old key.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            {
              expression: rate("auth_attempts_total", { where: refused, by: ["method"] }),
              legend: "{{method}}",
            },
          ],
        },
        {
          title: "Accepted by method",
          description: "Successes a second. Keys and tokens that an isolate remembers are not counted again.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            {
              expression: rate("auth_attempts_total", { where: { result: "ok" }, by: ["method"] }),
              legend: "{{method}}",
            },
          ],
        },
        {
          title: "Over a limit",
          description: "Requests a second that were refused with 429, by the limit they reached.",
          type: "timeseries",
          unit: "reqps",
          width: 12,
          queries: [{ expression: rate("limits_refused_total", { by: ["policy"] }), legend: "{{policy}}" }],
        },
        {
          title: "Not counted by the limiter",
          description:
            "Requests that could not be counted: reading ones pass, those that guess or cost are refused.",
          type: "timeseries",
          unit: "reqps",
          width: 12,
          queries: [
            {
              expression: rate("limiter_degraded_total", { by: ["policy", "action"] }),
              legend: "{{policy}} {{action}}",
            },
          ],
        },
      ],
    },
    {
      title: "Audit",
      panels: [
        {
          title: "Acts",
          description: "The ten commonest acts that were recorded, a second.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            {
              expression: `topk(10, ${rate("audit_records_total", { by: ["action"] })})`,
              legend: "{{action}}",
            },
          ],
        },
        {
          title: "Chains",
          description: "Entries chained a second, and chains that could not take theirs or be anchored.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [
            { expression: rate("audit_entries_chained_total"), legend: "chained" },
            {
              expression: rate("audit_chain_failures_total", { by: ["stage"] }),
              legend: "failed: {{stage}}",
            },
          ],
        },
        {
          title: "Verifications",
          description: "Verifications in the time shown, by what they found.",
          type: "bargauge",
          unit: "short",
          width: 12,
          queries: [
            {
              expression: increase("audit_verifications_total", { by: ["result"] }),
              legend: "{{result}}",
            },
          ],
        },
        {
          title: "Age of data keys",
          description:
            "Keys in use are replaced at night when their time has come; one that only grows older is not.",
          type: "bargauge",
          unit: "s",
          width: 12,
          queries: [
            { expression: gauge("max", "key_age_seconds", { by: ["purpose"] }), legend: "{{purpose}}" },
          ],
        },
      ],
    },
    {
      title: "What goes wrong",
      panels: [
        {
          title: "Events by level",
          description: "Lines of the log a second, those that were sampled away included.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [{ expression: rate("log_events_total", { by: ["level"] }), legend: "{{level}}" }],
        },
        {
          title: "Errors by whether they were reported",
          description: "`failed`: the tracker did not take it. `untracked`: no tracker is configured.",
          type: "timeseries",
          unit: "ops",
          width: 12,
          queries: [{ expression: rate("errors_reported_total", { by: ["result"] }), legend: "{{result}}" }],
        },
      ],
    },
  ],
};
