import { RESERVED_SIRENS } from "../../src/domain/companies/reserved-sirens.ts";
import { OUTCOMES } from "../../src/domain/jobs/task.ts";
import { countOf } from "../count-of.ts";
import { DEMO_SOURCES, type Estimate, type ResultRow } from "./batch.ts";
import { endOf, type Pass } from "./pass.ts";
import type { Terminal } from "./terminal.ts";
import { totalCalls, type CallCounts, type DemoOutcome } from "./verdict.ts";

/** What the dry run says of the file. */
export function describeEstimate(name: string, estimate: Estimate, terminal: Terminal): string {
  const { rows, distinct, duplicates, invalid, cache_hits, cost, eta_seconds } = estimate;
  return [
    `${name}: ${countOf(rows, "row")}, ${countOf(distinct, "company", "companies")} to ask for, ${duplicates} repeated, ${invalid.length} refused`,
    ...invalid.map(({ line, value, reason }) =>
      terminal.paint("red", `  line ${String(line).padStart(3)}  ${value}: ${reason}`),
    ),
    `Dry run: ${cache_hits} fresh already, at most ${countOf(cost.credits, "credit")} (${cost.euros} €), about ${countOf(eta_seconds, "second")}.`,
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
export function describeUnanswered(rows: ResultRow[], terminal: Terminal): string {
  const lines = rows
    .filter(({ company }) => company === null || company === undefined)
    .map(({ line, input, outcome, reason }) =>
      `  line ${String(line).padStart(3)}  ${input.padEnd(14)} ${outcome} ${reason ?? ""}`.trimEnd(),
    );
  return lines.length === 0
    ? ""
    : terminal.paint("yellow", ["Without a company of their own:", ...lines].join("\n"));
}

export function describeOutcome(outcome: DemoOutcome, terminal: Terminal): string {
  const { first, second, firstCalls, secondCalls } = outcome;
  const saved = totalCalls(firstCalls) - totalCalls(secondCalls);
  const speedup = first.durationMs / second.durationMs;
  const rows: [string, string, string][] = [
    ["", "first pass", "second pass"],
    ["Duration", seconds(first), seconds(second)],
    ...OUTCOMES.map((name): [string, string, string] => [
      `Rows ${name}`,
      count(first, name),
      count(second, name),
    ]).filter(([, one, two]) => one !== "0" || two !== "0"),
    ...Object.keys(firstCalls)
      .filter((source) => (firstCalls[source] ?? 0) + (secondCalls[source] ?? 0) > 0)
      .map((source): [string, string, string] => [
        `Calls to ${source}`,
        calls(firstCalls, source),
        calls(secondCalls, source),
      ]),
    ["Calls in all", String(totalCalls(firstCalls)), String(totalCalls(secondCalls))],
    ["Credits spent (simulated)", String(first.credits), String(second.credits)],
  ];
  return [
    ...rows.map(([label, one, two]) => `${label.padEnd(32)}${one.padStart(12)}${two.padStart(14)}`),
    "",
    terminal.paint(
      "bold",
      `The second pass saved ${saved} of ${totalCalls(firstCalls)} provider calls and was ${speedup.toFixed(1)} times as fast.`,
    ),
  ].join("\n");
}

function seconds({ durationMs }: Pass): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}

function count(pass: Pass, outcome: (typeof OUTCOMES)[number]): string {
  return String(endOf(pass)?.counts[outcome] ?? 0);
}

function calls(counts: CallCounts, source: string): string {
  return String(counts[source] ?? 0);
}
