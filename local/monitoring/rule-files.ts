import { readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { PROJECT_ROOT } from "../data-folder.ts";
import type { Alert } from "./alert.ts";
import { availabilityAlerts } from "./availability-alerts.ts";
import { costAlerts } from "./cost-alerts.ts";
import { jobAlerts } from "./job-alerts.ts";
import { ruleClock, type RuleClock } from "./rule-clock.ts";
import { promtoolTest, type RuleCase } from "./rule-case.ts";
import { SERVICE_CASES } from "./service-cases.ts";
import { SLO_CASES, SLO_LONG_CASES } from "./slo-cases.ts";
import { sloAlerts, sloRecordings } from "./slo-rules.ts";
import { trustAlerts } from "./trust-alerts.ts";
import { UPKEEP_CASES } from "./upkeep-cases.ts";
import { workAlerts } from "./work-alerts.ts";

export const MONITORING = path.join(PROJECT_ROOT, "dashboards");

const Settings = z.strictObject({ runbook_base: z.url(), dashboard_base: z.url() });
export type MonitoringSettings = z.infer<typeof Settings>;

/** Alerts read what was recorded in the same round. */
const SLO_GROUPS = ["slo-objectives", "slo-windows", "slo-long-windows", "slo-alerts"];
const BANNER =
  "# Written by `npm run rules`: change local/monitoring or src/observability/slos.ts instead.\n";

/** Where runbooks and dashboards are read, of dashboards/settings.json. Both end in a slash. */
export function readMonitoringSettings(): MonitoringSettings {
  return Settings.parse(JSON.parse(readFileSync(path.join(MONITORING, "settings.json"), "utf8")));
}

export function serviceAlerts(clock: RuleClock): Alert[] {
  return [
    ...availabilityAlerts(clock),
    ...costAlerts(clock),
    ...workAlerts(clock),
    ...jobAlerts(clock),
    ...trustAlerts(clock),
  ];
}

/** The text of each file of rules by its name. At a scale of 20 all windows are a twentieth. */
export function ruleFiles(settings: MonitoringSettings, scale = 1): Record<string, string> {
  const clock = ruleClock(scale);
  const alertGroup = (name: string, alerts: Alert[]): object => ({
    name,
    interval: clock.span(15),
    rules: alerts.map((alert) => rule(alert, settings)),
  });
  return {
    "slo-recording.yml": yaml({ groups: sloRecordings(clock) }),
    "slo-alerts.yml": yaml({ groups: [alertGroup("slo-alerts", sloAlerts(clock))] }),
    "service-alerts.yml": yaml({ groups: [alertGroup("service-alerts", serviceAlerts(clock))] }),
  };
}

/** The text of each file of rule tests by its name: what promtool holds against the rules as committed. */
export function ruleTestFiles(settings: MonitoringSettings): Record<string, string> {
  const clock = ruleClock(1);
  const alerts = [...sloAlerts(clock), ...serviceAlerts(clock)];
  const tests = (cases: readonly RuleCase[], interval: string): object[] =>
    cases.map((one) => promtoolTest(one, interval, { alerts, settings }));
  const slo = { rule_files: rulesOf("slo-recording", "slo-alerts"), group_eval_order: SLO_GROUPS };
  const service = { rule_files: rulesOf("service-alerts"), evaluation_interval: "1m" };
  return {
    "slo.test.yml": yaml({ ...slo, evaluation_interval: "10m", tests: tests(SLO_CASES, "1m") }),
    "slo-long.test.yml": yaml({ ...slo, evaluation_interval: "1h", tests: tests(SLO_LONG_CASES, "5m") }),
    "service.test.yml": yaml({ ...service, tests: tests(SERVICE_CASES, "1m") }),
    "upkeep.test.yml": yaml({ ...service, tests: tests(UPKEEP_CASES, "1m") }),
  };
}

function rulesOf(...names: string[]): string[] {
  return names.map((name) => `../rules/${name}.yml`);
}

function yaml(content: object): string {
  return `${BANNER}${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function rule(alert: Alert, settings: MonitoringSettings): object {
  const { severity, category, dashboard, runbook, summary, description } = alert;
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for === null ? {} : { for: alert.for }),
    labels: { severity, category, ...alert.labels },
    annotations: {
      summary,
      description,
      runbook_url: `${settings.runbook_base}${runbook}.md`,
      dashboard_url: `${settings.dashboard_base}${dashboard}`,
    },
  };
}
