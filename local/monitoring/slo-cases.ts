import type { Firing, RuleCase } from "./rule-case.ts";

const COMPANY = 'method="GET", endpoint="/api/v2/companies/{siren}"';
const LOGIN = 'method="POST", endpoint="/api/v2/auth/login"';
const ALERTS = ["SloBurnFast", "SloBurnSteady", "SloBurnSlow", "SloBurnCreeping"] as const;

function answers(status: string): string {
  return `http_requests_total{${COMPANY}, status="${status}"}`;
}

function slo(id: string, kind: string, route: string | null): Firing["labels"] {
  return { slo: id, kind, ...(route === null ? {} : { route }) };
}

const READ = "GET /api/v2/companies/{siren}";
const ERRORS = slo("company_errors", "errors", READ);
const LATENCY = slo("company_latency", "latency", READ);

function nothingAt(at: string): RuleCase["expected"] {
  return ALERTS.map((alert) => ({ at, alert, fires: [] }));
}

/** 100 requests a minute unless a name says otherwise. */
export const SLO_CASES: readonly RuleCase[] = [
  {
    name: "fast burn: every fifth request fails after a good hour; it resolves when the errors end",
    series: { [answers("200")]: "0+100x60 6080+80x29 8500+100x60", [answers("500")]: "0x60 20+20x29 600x60" },
    expected: [
      { at: "60m", alert: "SloBurnFast", fires: [] },
      { at: "70m", alert: "SloBurnFast", fires: [{ labels: ERRORS, value: "3.333%" }] },
      { at: "90m", alert: "SloBurnFast", fires: [{ labels: ERRORS, value: "10%" }] },
      { at: "100m", alert: "SloBurnFast", fires: [] },
    ],
  },
  {
    name: "just below the fast burn: 1.4 % fail, 1.44 % would page",
    series: { [answers("200")]: "0+986x90", [answers("500")]: "0+14x90" },
    expected: [{ at: "80m", alert: "SloBurnFast", fires: [] }],
  },
  {
    name: "just above the fast burn: 1.5 % fail",
    series: { [answers("200")]: "0+985x90", [answers("500")]: "0+15x90" },
    expected: [{ at: "80m", alert: "SloBurnFast", fires: [{ labels: ERRORS, value: "1.5%" }] }],
  },
  {
    name: "steady burn: 0.7 % fail for seven hours, too little for the fast one",
    series: { [answers("200")]: "0+993x420", [answers("500")]: "0+7x420" },
    expected: [
      { at: "7h", alert: "SloBurnFast", fires: [] },
      { at: "7h", alert: "SloBurnSteady", fires: [{ labels: ERRORS, value: "0.7%" }] },
    ],
  },
  {
    name: "below the steady burn: 0.5 % fail, a ticket but no page",
    series: { [answers("200")]: "0+995x420", [answers("500")]: "0+5x420" },
    expected: [
      { at: "7h", alert: "SloBurnSteady", fires: [] },
      { at: "7h", alert: "SloBurnSlow", fires: [{ labels: ERRORS, value: "0.5%" }] },
    ],
  },
  {
    name: "low traffic: four of six requests of a night fail",
    series: { [answers("200")]: "0x100 1x100 2x400", [answers("500")]: "0x50 1x50 2x50 3x50 4x400" },
    expected: nothingAt("5h"),
  },
  {
    name: "only 429 and other 4xx: the clients' errors, not ours",
    series: {
      [answers("200")]: "0+10x420",
      [answers("429")]: "0+90x420",
      [answers("404")]: "0+50x420",
      [answers("401")]: "0+50x420",
    },
    expected: nothingAt("7h"),
  },
  {
    name: "counters that begin again are no errors",
    series: { [answers("200")]: "90000+100x60 0+100x60", [answers("500")]: "500x60 0x60" },
    expected: nothingAt("70m"),
  },
  {
    name: "errors before and after counters begin again still count",
    series: { [answers("200")]: "90000+90x60 0+90x60", [answers("500")]: "9000+10x60 0+10x60" },
    expected: [{ at: "70m", alert: "SloBurnFast", fires: [{ labels: ERRORS, value: "10%" }] }],
  },
  {
    name: "nobody asks for anything",
    series: { [answers("200")]: "5000x420", [answers("500")]: "70x420" },
    expected: nothingAt("7h"),
  },
  {
    name: "not served: 503 counts for availability and not for errors",
    series: { [answers("200")]: "0+90x90", [answers("503")]: "0+10x90" },
    expected: [
      {
        at: "80m",
        alert: "SloBurnFast",
        fires: [{ labels: slo("company_availability", "availability", READ), value: "10%" }],
      },
    ],
  },
  {
    name: "latency: 75 % take longer than 100 ms, 72 % would page",
    series: latency(COMPANY, { within: "25", bound: "0.1" }),
    expected: [{ at: "80m", alert: "SloBurnFast", fires: [{ labels: LATENCY, value: "75%" }] }],
  },
  {
    name: "latency: 70 % take longer than 100 ms: the steady burn pages, the fast one does not",
    series: latency(COMPANY, { within: "30", bound: "0.1" }),
    expected: [
      { at: "80m", alert: "SloBurnFast", fires: [] },
      { at: "80m", alert: "SloBurnSteady", fires: [{ labels: LATENCY, value: "70%" }] },
    ],
  },
  {
    name: "latency: 4 % take longer than 100 ms, 5 % may",
    series: latency(COMPANY, { within: "96", bound: "0.1" }),
    expected: nothingAt("80m"),
  },
  {
    name: "latency: OpenMetrics writes a bound of one second as 1.0",
    series: latency(LOGIN, { within: "20", bound: "1.0" }),
    expected: [
      {
        at: "80m",
        alert: "SloBurnFast",
        fires: [{ labels: slo("login_latency", "latency", "POST /api/v2/auth/login"), value: "80%" }],
      },
    ],
  },
  {
    name: "work: every third batch is slow, every third export late, every third event delayed",
    series: {
      ...histogram("ma_batch_row_seconds", "", ["1", "2", "3"]),
      ...histogram("ma_export_duration_seconds", 'format="csv", ', ["300", "2", "3"]),
      ...histogram("webhook_delay_seconds", "", ["60", "2", "3"]),
    },
    expected: [
      {
        at: "80m",
        alert: "SloBurnFast",
        fires: [
          { labels: slo("batch_completion", "batch", null), value: "33.33%" },
          { labels: slo("export_freshness", "export", null), value: "33.33%" },
          { labels: slo("webhook_delay", "webhook", null), value: "33.33%" },
        ],
      },
    ],
  },
  {
    name: "work: one of a hundred is late, as was promised",
    series: {
      ...histogram("ma_batch_row_seconds", "", ["1", "99", "100"]),
      ...histogram("ma_export_duration_seconds", 'format="csv", ', ["300", "99", "100"]),
      ...histogram("webhook_delay_seconds", "", ["60", "99", "100"]),
    },
    expected: ALERTS.slice(0, 3).map((alert) => ({ at: "80m", alert, fires: [] })),
  },
  {
    name: "audit: verifications that cannot be done burn the budget",
    series: {
      'audit_verifications_total{result="intact"}': "0+9x90",
      'audit_verifications_total{result="unavailable"}': "0+1x90",
      'audit_verifications_total{result="broken"}': "0x90",
    },
    expected: [
      {
        at: "80m",
        alert: "SloBurnFast",
        fires: [{ labels: slo("audit_verification", "audit", null), value: "10%" }],
      },
    ],
  },
];

/** Days, of which a sample comes every five minutes: 500 requests in each. */
export const SLO_LONG_CASES: readonly RuleCase[] = [
  {
    name: "slow burn: 0.4 % fail for a day: a ticket, no page",
    series: { [answers("200")]: "0+498x300", [answers("500")]: "0+2x300" },
    expected: [
      { at: "25h", alert: "SloBurnFast", fires: [] },
      { at: "25h", alert: "SloBurnSteady", fires: [] },
      { at: "25h", alert: "SloBurnSlow", fires: [{ labels: ERRORS, value: "0.4%" }] },
    ],
  },
  {
    name: "creeping burn: 0.12 % fail for three days, too little for the slow one; resolved 7 hours later",
    series: {
      [answers("200")]: "0+49940x864 43148160+50000x96",
      [answers("500")]: "0+60x864 51840x96",
    },
    expected: [
      { at: "3d", alert: "SloBurnSlow", fires: [] },
      { at: "3d", alert: "SloBurnCreeping", fires: [{ labels: ERRORS, value: "0.12%" }] },
      { at: "79h", alert: "SloBurnCreeping", fires: [] },
    ],
  },
  {
    name: "0.09 % fail for three days: within the budget",
    series: { [answers("200")]: "0+49955x864", [answers("500")]: "0+45x864" },
    expected: nothingAt("3d"),
  },
];

/** A hundred answers a minute, so many of them within the bound. */
function latency(where: string, { within, bound }: { within: string; bound: string }): RuleCase["series"] {
  return histogram("http_request_duration_seconds", `${where}, status="200", `, [bound, within, "100"]);
}

function histogram(
  name: string,
  labels: string,
  [bound, within, all]: [string, string, string],
): RuleCase["series"] {
  return {
    [`${name}_bucket{${labels}le="${bound}"}`]: `0+${within}x420`,
    [`${name}_bucket{${labels}le="+Inf"}`]: `0+${all}x420`,
    [`${name}_count{${labels.replace(/, $/, "")}}`]: `0+${all}x420`,
  };
}
