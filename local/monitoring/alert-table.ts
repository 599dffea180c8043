import { SLO_KINDS } from "../../src/observability/slos.ts";
import type { Alert } from "./alert.ts";
import { ruleClock } from "./rule-clock.ts";
import { serviceAlerts } from "./rule-files.ts";
import { sloAlerts } from "./slo-rules.ts";

const BEGIN = "<!-- alerts: written by `npm run rules` -->";
const END = "<!-- end of alerts -->";

/** A page with its table of alerts as the code has it. Throws when the page has no place for one. */
export function withAlertTable(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`the page has no "${BEGIN}" and "${END}"`);
  return `${before}${BEGIN}\n\n${alertTable()}\n\n${END}${after}`;
}

function alertTable(): string {
  const clock = ruleClock(1);
  const byName = new Map([...sloAlerts(clock), ...serviceAlerts(clock)].map((alert) => [alert.name, alert]));
  const rows = [...byName.values()].map((alert) => [
    alert.name,
    alert.severity,
    alert.category,
    alert.when,
    pages(alert),
  ]);
  return tableOf([["alert", "severity", "category", "fires when", "runbook"], ...rows]);
}

function pages({ runbook }: Alert): string {
  if (runbook === "slo-{{ $labels.kind }}") {
    return SLO_KINDS.map((kind) => `[${kind}](runbooks/slo-${kind}.md)`).join(", ");
  }
  return `[${runbook}](runbooks/${runbook}.md)`;
}

/** As the formatter lays it out: columns as wide as their widest cell. */
function tableOf(rows: string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
