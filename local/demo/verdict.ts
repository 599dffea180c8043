import { RESERVED_SIRENS } from "../../src/domain/companies/reserved-sirens.ts";
import { countOf } from "../count-of.ts";
import type { Answer } from "./enrich.ts";
import type { Pass } from "./pass.ts";

/** Calls that providers received, by source. */
export type CallCounts = Record<string, number>;

export interface DemoOutcome {
  first: Pass;
  second: Pass;
  firstCalls: CallCounts;
  secondCalls: CallCounts;
}

/** What did not go as it must, one sentence each; none: the demonstration holds. */
export function whatFailed(outcome: DemoOutcome): string[] {
  const { first, second, firstCalls, secondCalls } = outcome;
  const failures = [...wrongAnswers("first", first), ...wrongAnswers("second", second)];
  for (const answer of known(first)) {
    if (answer.status === 200 && answer.cache !== "miss") {
      failures.push(`first pass: ${answer.row.siren} was already in a cache`);
    }
  }
  for (const answer of known(second)) {
    if (answer.status === 200 && answer.cache === "miss") {
      failures.push(`second pass: ${answer.row.siren} did not come from a cache`);
    }
  }
  if (totalCalls(firstCalls) === 0) failures.push("first pass: no provider was called");
  const repeated = totalCalls(secondCalls);
  if (repeated > 0) failures.push(`second pass: providers were called again, ${countOf(repeated, "time")}`);
  return failures;
}

function wrongAnswers(name: string, pass: Pass): string[] {
  return pass.answers.flatMap((answer) => {
    const expected = isUnknown(answer) ? 404 : 200;
    if (answer.status === expected && (expected === 404 || answer.company !== null)) return [];
    const got = answer.status === 0 ? "no answer" : String(answer.status);
    return [
      `${name} pass: ${answer.row.siren} (line ${answer.row.line}): ${got} instead of ${expected}: ${answer.problem}`,
    ];
  });
}

function isUnknown({ row }: Answer): boolean {
  return row.siren === RESERVED_SIRENS.not_found;
}

function known(pass: Pass): Answer[] {
  return pass.answers.filter((answer) => !isUnknown(answer));
}

export function totalCalls(counts: CallCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** On paid sources, by what each answer says it cost. */
export function creditsSpent({ answers }: Pass): number {
  return answers.reduce((sum, { credits }) => sum + credits, 0);
}

/** Of the companies that exist, the share that a cache answered. */
export function hitRatio(pass: Pass): number {
  const answers = known(pass).filter((answer) => answer.status === 200);
  const hits = answers.filter((answer) => answer.cache !== "miss").length;
  return answers.length === 0 ? 0 : hits / answers.length;
}

export function subtractCalls(later: CallCounts, earlier: CallCounts): CallCounts {
  return Object.fromEntries(
    Object.entries(later).map(([source, count]) => [source, count - (earlier[source] ?? 0)]),
  );
}
