import { RESERVED_SIRENS } from "../../src/domain/companies/reserved-sirens.ts";
import type { CompanyFile, LineRemark } from "./company-file.ts";
import { DEMO_SOURCES, type Answer } from "./enrich.ts";
import type { Pass } from "./pass.ts";
import type { Terminal } from "./terminal.ts";
import { creditsSpent, hitRatio, totalCalls, type CallCounts, type DemoOutcome } from "./verdict.ts";

export function describeFile(name: string, file: CompanyFile, terminal: Terminal): string {
  const remarks = (list: LineRemark[], style: "yellow" | "red"): string[] =>
    list.map(({ line, value, text }) =>
      terminal.paint(style, `  line ${String(line).padStart(3)}  ${value}: ${text}`),
    );
  return [
    `${name}: ${file.total} rows, ${file.rows.length} companies to ask for, ${file.rejected.length} refused`,
    ...remarks(file.warnings, "yellow"),
    ...remarks(file.rejected, "red"),
  ].join("\n");
}

/** `pappers` is the only one of them that costs something. */
export function describeSources(): string {
  return [
    `Asked about each: ${DEMO_SOURCES.join(", ")}.`,
    "pappers is a paid source: one credit per company found. Here it is simulated and costs nothing.",
  ].join("\n");
}

/** The SIRENs of the file are those of real companies: nobody should take the figures for theirs. */
export function describeOrigin(): string {
  return [
    `The SIRENs are real, but for ${RESERVED_SIRENS.not_found}, which stands for one that nobody has.`,
    "Everything else here is made up by the provider sandbox.",
  ].join("\n");
}

/** The rows that gave no company, and why. */
export function describeUnanswered(answers: Answer[], terminal: Terminal): string {
  const rows = answers.filter((answer) => answer.company === null);
  const lines = rows.map(
    ({ row, status, problem }) =>
      `  line ${String(row.line).padStart(3)}  ${row.siren} ${row.name}: ${status} ${problem}`,
  );
  return lines.length === 0 ? "" : terminal.paint("yellow", ["Without an answer:", ...lines].join("\n"));
}

export function describeOutcome(outcome: DemoOutcome, terminal: Terminal): string {
  const { first, second, firstCalls, secondCalls } = outcome;
  const saved = totalCalls(firstCalls) - totalCalls(secondCalls);
  const speedup = first.durationMs / second.durationMs;
  const rows: [string, string, string][] = [
    ["", "first pass", "second pass"],
    ["Duration", seconds(first), seconds(second)],
    ["Answered by a cache", percent(first), percent(second)],
    ...Object.keys(firstCalls)
      .filter((source) => (firstCalls[source] ?? 0) + (secondCalls[source] ?? 0) > 0)
      .map((source): [string, string, string] => [
        `Calls to ${source}`,
        calls(firstCalls, source),
        calls(secondCalls, source),
      ]),
    ["Calls in all", String(totalCalls(firstCalls)), String(totalCalls(secondCalls))],
    ["Credits spent (simulated)", String(creditsSpent(first)), String(creditsSpent(second))],
  ];
  return [
    ...rows.map(([label, one, two]) => `${label.padEnd(32)}${one.padStart(12)}${two.padStart(14)}`),
    "",
    terminal.paint(
      "bold",
      `The second pass saved ${saved} of ${totalCalls(firstCalls)} provider calls and was ${speedup.toFixed(1)} times as fast.`,
    ),
    `Where its answers came from: ${levels(second)}`,
  ].join("\n");
}

function seconds({ durationMs }: Pass): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}

function percent(pass: Pass): string {
  return `${Math.round(hitRatio(pass) * 100)} %`;
}

function calls(counts: CallCounts, source: string): string {
  return String(counts[source] ?? 0);
}

function levels({ answers }: Pass): string {
  const counts = new Map<string, number>();
  for (const { company, cache } of answers) {
    if (company !== null) counts.set(cache, (counts.get(cache) ?? 0) + 1);
  }
  return [...counts].map(([level, count]) => `${level} ${count}`).join(", ");
}
