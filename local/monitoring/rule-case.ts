import type { Alert } from "./alert.ts";
import type { MonitoringSettings } from "./rule-files.ts";

/** An alert that must be there: its labels besides those the rule itself adds, and the value as its summary tells it. */
export interface Firing {
  labels: Readonly<Record<string, string>>;
  value: string;
}

/** What is scraped, and what must fire then: exactly that, of the alert of that name. */
export interface RuleCase {
  name: string;
  /** In promtool's notation, a value at each sample: `0+5x60`. */
  series: Readonly<Record<string, string>>;
  expected: readonly { at: string; alert: string; fires: readonly Firing[] }[];
}

/** A case as `promtool test rules` reads it; `interval`: between two samples. */
export function promtoolTest(
  { name, series, expected }: RuleCase,
  interval: string,
  { alerts, settings }: { alerts: readonly Alert[]; settings: MonitoringSettings },
): object {
  return {
    name,
    interval,
    input_series: Object.entries(series).map(([metric, values]) => ({ series: metric, values })),
    alert_rule_test: expected.map(({ at, alert, fires }) => ({
      eval_time: at,
      alertname: alert,
      exp_alerts: fires.map((firing) => expectedAlert(ruleOf(alerts, alert, firing), firing, settings)),
    })),
  };
}

/** Of rules with one name, the one whose own labels the firing has. */
function ruleOf(alerts: readonly Alert[], name: string, { labels }: Firing): Alert {
  const found = alerts.find(
    (alert) =>
      alert.name === name &&
      Object.entries(alert.labels ?? {}).every(([label, value]) => (labels[label] ?? value) === value),
  );
  if (found === undefined) throw new Error(`no rule ${name} with these labels`);
  return found;
}

function expectedAlert(alert: Alert, { labels, value }: Firing, settings: MonitoringSettings): object {
  const all: Record<string, string> = { ...labels, ...alert.labels };
  const { severity, category, summary, description, runbook, dashboard } = alert;
  const said = (text: string): string =>
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => all[label] ?? "")
      .replaceAll(/\{\{ \$value[^}]*\}\}/g, () => value);
  return {
    exp_labels: { ...all, severity, category },
    exp_annotations: {
      summary: said(summary),
      description: said(description),
      runbook_url: said(`${settings.runbook_base}${runbook}.md`),
      dashboard_url: `${settings.dashboard_base}${dashboard}`,
    },
  };
}
