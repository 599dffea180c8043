import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SourceRecord } from "../../../src/domain/enrichment/source-record.ts";
import { SOURCE_NAMES, type SourceName } from "../../../src/domain/enrichment/source.ts";
import bodacc from "../../fixtures/providers/bodacc/ateliers-durand.json" with { type: "json" };
import insee from "../../fixtures/providers/insee/ateliers-durand.json" with { type: "json" };
import kaspr from "../../fixtures/providers/kaspr/michel-durand.json" with { type: "json" };
import pappers from "../../fixtures/providers/pappers/ateliers-durand.json" with { type: "json" };
import ratios from "../../fixtures/providers/ratios-inpi/ateliers-durand.json" with { type: "json" };
import recherche from "../../fixtures/providers/recherche-entreprises/with-admin-blocks.json" with { type: "json" };
import { answering, ask, PERSON, upstream } from "./provider-under-test.ts";

const FIXTURES: Record<SourceName, unknown> = {
  recherche_entreprises: recherche,
  insee,
  bodacc,
  ratios_inpi: ratios,
  pappers,
  kaspr,
};

type Step = { at: number; value: unknown };

/** The answer with the values at some places (counted in reading order) replaced by anything. */
function disturbed(node: unknown, steps: Step[], counter = { seen: 0 }): unknown {
  const step = steps.find((candidate) => candidate.at === counter.seen);
  counter.seen++;
  if (step !== undefined) return step.value;
  if (Array.isArray(node)) return node.map((item) => disturbed(item, steps, counter));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, disturbed(value, steps, counter)]),
  );
}

const oddValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    "[ND]",
    "[NON-DIFFUSIBLE]",
    "1900-01-01",
    "0000-00-00",
    "2025-02-30",
    "31/12/2024",
    "18 juin 2025",
    '{"a": [',
    '{"famille": {"x": 1}}',
    -1,
    1e308,
    0.5,
    "9".repeat(40),
  ),
);
const steps = fc.array(fc.record({ at: fc.nat({ max: 160 }), value: oddValue }), {
  minLength: 1,
  maxLength: 6,
});

/** What is wrong with a provider's reading of a body, null when nothing is. */
async function faultOf(source: SourceName, body: string): Promise<string | null> {
  const answer = await ask(source, upstream(answering(200, body)).http, { linkedin: [PERSON] });
  if (answer.kind === "not_found") return null;
  if (answer.kind === "failed") {
    return ["malformed", "quota_exhausted"].includes(answer.failure.reason) ? null : answer.failure.reason;
  }
  if (/\[ND\]|\[NON-DIFFUSIBLE\]/.test(JSON.stringify(answer.record))) return "a mask got in";
  return SourceRecord.safeParse(answer.record).success ? null : "not a valid record";
}

/** The smallest of many bodies that a provider misreads, null when there is none. */
async function misread(source: SourceName, bodies: fc.Arbitrary<string>): Promise<unknown> {
  const holds = async (body: string): Promise<boolean> => (await faultOf(source, body)) === null;
  const run = await fc.check(fc.asyncProperty(bodies, holds), { numRuns: 300 });
  return run.counterexample;
}

describe.each(SOURCE_NAMES)("%s", (source) => {
  test("takes any JSON", async () => {
    expect(await misread(source, fc.json())).toBeNull();
  });

  test("takes a real answer gone wrong in places", async () => {
    const bodies = steps.map((changes) => JSON.stringify(disturbed(FIXTURES[source], changes)));
    expect(await misread(source, bodies)).toBeNull();
  });

  test("takes very deep JSON", async () => {
    const deep = `${'{"results":['.repeat(3_000)}1${"]}".repeat(3_000)}`;
    expect(await faultOf(source, deep)).toBeNull();
  });
});
