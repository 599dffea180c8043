import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT_ROOT } from "../../../local/data-folder.ts";
import { withAlertTable } from "../../../local/monitoring/alert-table.ts";
import { duration, ruleClock } from "../../../local/monitoring/rule-clock.ts";
import {
  MONITORING,
  readMonitoringSettings,
  ruleFiles,
  ruleTestFiles,
  serviceAlerts,
} from "../../../local/monitoring/rule-files.ts";
import { RUNBOOKS } from "../../../local/monitoring/runbooks.ts";
import { SERVICE_CASES } from "../../../local/monitoring/service-cases.ts";
import { SLO_CASES, SLO_LONG_CASES } from "../../../local/monitoring/slo-cases.ts";
import { sloAlerts } from "../../../local/monitoring/slo-rules.ts";
import { UPKEEP_CASES } from "../../../local/monitoring/upkeep-cases.ts";
import { CRON_PERIODS } from "../../../local/monitoring/work-alerts.ts";
import { SCHEDULE } from "../../../src/cron/schedule.ts";
import { METRICS } from "../../../src/observability/metrics.ts";
import { SLO_KINDS, SLOS } from "../../../src/observability/slos.ts";

const SETTINGS = readMonitoringSettings();
const ALERTS = [...sloAlerts(ruleClock(1)), ...serviceAlerts(ruleClock(1))];
const HEADINGS = ["What it means", "Impact", "Symptoms", "Checks", "Fixes", "Escalation", "Do not"];

const Rules = z.object({
  groups: z.array(
    z.object({
      interval: z.string(),
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          labels: z.record(z.string(), z.string()).optional(),
          annotations: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
});

function rulesOf(scale: number) {
  return Object.values(ruleFiles(SETTINGS, scale)).flatMap((text) =>
    Rules.parse(parse(text)).groups.flatMap(({ rules }) => rules),
  );
}

function committed(...at: string[]): string {
  return readFileSync(path.join(MONITORING, ...at), "utf8");
}

describe("committed files are what the code says; `npm run rules` writes them", () => {
  test.for(Object.entries(ruleFiles(SETTINGS)))("rules/%s", ([name, text]) => {
    expect(committed("rules", name)).toBe(text);
  });

  test.for(Object.entries(ruleTestFiles(SETTINGS)))("tests/%s", ([name, text]) => {
    expect(committed("tests", name)).toBe(text);
  });

  test("the table of docs/alerting.md", () => {
    const page = readFileSync(path.join(PROJECT_ROOT, "docs", "alerting.md"), "utf8");
    expect(withAlertTable(page)).toBe(page);
  });
});

describe("rules", () => {
  test("every metric they read is in the register or recorded by a rule", () => {
    const rules = rulesOf(1);
    const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
    const known = new Set(
      Object.entries(METRICS).flatMap(([name, { type }]) =>
        type === "histogram" ? [`${name}_bucket`, `${name}_count`] : [name],
      ),
    );
    for (const { expr } of rules) {
      const bare = expr
        .replaceAll(/"[^"]*"/g, '""')
        .replaceAll(/\bby \([^)]*\)/g, "")
        .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, "");
      const names = bare.match(/[a-z][a-z0-9]*[_:][\w:]*(?!\w*\()/g) ?? [];
      const unknown = names.filter(
        (name) =>
          !known.has(name) &&
          !recorded.has(name) &&
          !/^(histogram_quantile|clamp_min|m(ax|in)_over_time)$/.test(name),
      );
      expect({ expr, unknown }).toEqual({ expr, unknown: [] });
    }
  });

  test("each objective has its rates over each window, its ratio and its promise", () => {
    const recorded = rulesOf(1).filter(({ record }) => record !== undefined);
    for (const { id } of SLOS) {
      const names = recorded.flatMap(({ record, labels }) => (labels?.["slo"] === id ? (record ?? "") : []));
      const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];
      const rates = windows.flatMap((window) => [`slo:events:rate${window}`, `slo:bad:rate${window}`]);
      expect({ id, names: names.sort() }).toEqual({ id, names: ["slo:objective:ratio", ...rates].sort() });
    }
  });

  test("every alert has a case in which it fires and one in which it does not", () => {
    const expected = [...SLO_CASES, ...SLO_LONG_CASES, ...SERVICE_CASES, ...UPKEEP_CASES].flatMap(
      (one) => one.expected,
    );
    for (const { name } of ALERTS) {
      const firing = expected.filter(({ alert }) => alert === name).map(({ fires }) => fires.length > 0);
      // That it does not fire is the alarm, and nothing that is scraped may stop it.
      const wanted = name === "Heartbeat" ? [true] : [true, false];
      expect({ name, cases: new Set(firing) }).toEqual({ name, cases: new Set(wanted) });
    }
  });

  test("every expression of the schedule has its period, so that a job that stands still is noticed", () => {
    expect(Object.keys(SCHEDULE).filter((cron) => CRON_PERIODS[cron] === undefined)).toEqual([]);
    const jobs = Object.values(SCHEDULE).flatMap((all) => all.map(({ name }) => name));
    const late = rulesOf(1).filter(({ alert }) => alert === "CronNotRun");
    const named = late.flatMap(({ expr }) => expr.split(/["|]/)).filter((part) => jobs.includes(part));
    expect(named.sort()).toEqual(jobs.sort());
  });
});

describe("time that goes by faster", () => {
  test("at a scale of 20 an hour is three minutes, under the same names", () => {
    const scaled = rulesOf(20);
    const names = (rules: typeof scaled) => rules.map(({ alert, record }) => alert ?? record);
    expect(names(scaled)).toEqual(names(rulesOf(1)));
    const fast = scaled.find(
      ({ record, labels }) => record === "slo:events:rate1h" && labels?.["slo"] === "login_errors",
    );
    expect(fast?.expr).toContain("[3m]");
  });

  test("a duration says exactly what it was made of", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400_000_000 }), (ms) => {
        const [, count, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration(ms)) ?? [];
        const size = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as "ms"];
        expect(Number(count) * size).toBe(ms);
      }),
    );
  });
});

describe("runbooks", () => {
  const pages = readdirSync(path.join(PROJECT_ROOT, "docs", "runbooks")).filter(
    (name) => name !== "README.md",
  );

  test("each page is an alert's, and each alert has its page", () => {
    const linked = rulesOf(1).flatMap(({ annotations }) => annotations?.["runbook_url"] ?? []);
    const bases = linked.map((url) => url.replace(SETTINGS.runbook_base, ""));
    const wanted = bases.flatMap((name) =>
      name === "slo-{{ $labels.kind }}.md" ? SLO_KINDS.map((kind) => `slo-${kind}.md`) : name,
    );
    expect(pages.sort()).toEqual([...new Set(wanted)].sort());
    expect(pages).toEqual(RUNBOOKS.map((name) => `${name}.md`).sort());
  });

  test.for(pages)(
    "%s has what somebody on call looks for, links that lead somewhere, and its place in the index",
    (name) => {
      const folder = path.join(PROJECT_ROOT, "docs", "runbooks");
      const text = readFileSync(path.join(folder, name), "utf8");
      expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS);
      expect(text).toContain(`npm run diagnose -- --url $URL --runbook ${name.replace(".md", "")}`);
      for (const [, link = ""] of text.matchAll(/\]\(([^)#]+\.md)/g)) {
        expect({ link, there: existsSync(path.join(folder, link)) }).toEqual({ link, there: true });
      }
      expect(readFileSync(path.join(folder, "README.md"), "utf8")).toContain(`](${name})`);
    },
  );
});
