import { RESERVED_SIRENS } from "../../src/domain/companies/reserved-sirens.ts";
import { countOf } from "../count-of.ts";
import type { ResultRow } from "./batch.ts";
import type { Discovery } from "./discovery.ts";
import { doneOf, endOf, type Pass } from "./pass.ts";

/** Calls that providers received, by source. */
export type CallCounts = Record<string, number>;

export interface DemoOutcome {
  first: Pass;
  second: Pass;
  firstCalls: CallCounts;
  secondCalls: CallCounts;
  discovery: Discovery;
}

/** What did not go as it must, one sentence each; none: the demonstration holds. */
export function whatFailed(outcome: DemoOutcome): string[] {
  const { first, second, firstCalls, secondCalls, discovery } = outcome;
  const failures = [...wrongPass("first", first), ...wrongPass("second", second)];
  failures.push(...wrongDiscovery(discovery, first));
  if (first.estimate.cache_hits > 0) failures.push("first pass: companies were stored already");
  if (totalCalls(firstCalls) === 0) failures.push("first pass: no provider was called");
  const repeated = totalCalls(secondCalls);
  if (repeated > 0) failures.push(`second pass: providers were called again, ${countOf(repeated, "time")}`);
  if (second.credits > 0) failures.push(`second pass: ${countOf(second.credits, "credit")} spent again`);
  return failures;
}

function wrongDiscovery({ found, file }: Discovery, { rows }: Pass): string[] {
  const failures: string[] = [];
  const companies = rows.filter(({ outcome }) => outcome === "enriched").length;
  if (found.length === 0) failures.push("search: no company found");
  const scores = found.map(({ ma_score: score }) => score ?? -1);
  if (scores.some((score, at) => score > (scores[at - 1] ?? 100)))
    failures.push("search: not the best score first");
  if (file.rows !== companies) failures.push(`export: ${file.rows} rows of ${companies} companies`);
  if (!file.intact) failures.push("export: the file is not the one that was written");
  return failures;
}

function wrongPass(name: string, pass: Pass): string[] {
  const end = endOf(pass);
  if (end?.status !== "completed") return [`${name} pass: the batch ended as ${end?.status ?? "nothing"}`];
  const failures = pass.rows.flatMap((row) => wrongRow(row).map((text) => `${name} pass: ${text}`));
  if (doneOf(end) !== end.rows || pass.rows.length !== end.rows) {
    failures.push(`${name} pass: ${end.rows} rows, ${doneOf(end)} counted, ${pass.rows.length} listed`);
  }
  const done = pass.seen.map(doneOf);
  if (done.some((count, index) => count < (done[index - 1] ?? 0))) {
    failures.push(`${name} pass: progress went back`);
  }
  return failures;
}

/** Rows that the file spoils on purpose are known by what they are; every other one must be a company. */
function wrongRow({ line, input, siren, outcome, reason }: ResultRow): string[] {
  if (outcome === "invalid" || outcome === "duplicate") return [];
  const expected = siren === RESERVED_SIRENS.not_found ? "not_found" : "enriched";
  return outcome === expected ? [] : [`line ${line}, ${input}: ${outcome} (${reason ?? "no reason"})`];
}

export function totalCalls(counts: CallCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function subtractCalls(later: CallCounts, earlier: CallCounts): CallCounts {
  return Object.fromEntries(
    Object.entries(later).map(([source, count]) => [source, count - (earlier[source] ?? 0)]),
  );
}
