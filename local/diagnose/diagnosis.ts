import type { Runbook } from "../monitoring/runbooks.ts";
import { countOf } from "../count-of.ts";
import type { Finding, Level } from "./check.ts";
import { CHECKS } from "./checks.ts";
import type { Observation } from "./observe-service.ts";

const LEVELS = ["ok", "warn", "fail"] as const satisfies Level[];

/** The findings of each runbook, and the worst level of all. */
export interface Diagnosis {
  level: Level;
  runbooks: { runbook: Runbook; page: string; findings: Finding[] }[];
}

export function diagnose(seen: Observation, runbooks: readonly Runbook[]): Diagnosis {
  const found = runbooks.map((runbook) => ({
    runbook,
    page: `docs/runbooks/${runbook}.md`,
    findings: CHECKS[runbook](seen),
  }));
  const worst = Math.max(
    0,
    ...found.flatMap(({ findings }) => findings.map(({ level }) => LEVELS.indexOf(level))),
  );
  return { level: LEVELS[worst] ?? "fail", runbooks: found };
}

/** For a person: a line a finding, and the page to read where something is not well. */
export function diagnosisText({ runbooks }: Diagnosis): string {
  const all = runbooks.flatMap(({ findings }) => findings);
  const width = Math.max(0, ...all.map(({ about }) => about.length));
  const parts = runbooks.map(({ runbook, page, findings }) => {
    const lines = findings.map(
      ({ level, about, figure }) => `  ${level.padEnd(4)}  ${about.padEnd(width)}  ${figure}`,
    );
    const unwell = findings.some(({ level }) => level !== "ok");
    return [runbook, ...lines, ...(unwell ? [`        → ${page}`] : [])].join("\n");
  });
  const bad = LEVELS.slice(1).map((level) => `${all.filter((one) => one.level === level).length} ${level}`);
  return `${parts.join("\n\n")}\n\n${countOf(all.length, "finding")}: ${bad.join(", ")}`;
}
