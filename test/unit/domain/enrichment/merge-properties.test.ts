import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Company, CompanyFacts } from "../../../../src/domain/companies/company.ts";
import { composeCompany } from "../../../../src/domain/enrichment/compose-company.ts";
import { mergeCompany } from "../../../../src/domain/enrichment/merge-company.ts";
import { SourceRecord } from "../../../../src/domain/enrichment/source-record.ts";
import { arbitraryRecord, arbitraryStates } from "../../../support/arbitrary-records.ts";
import { buildStored, NOW, SIREN } from "../../../support/enrichment-world.ts";

/** The value at a path, undefined when the facts have no such path. */
function at(facts: CompanyFacts, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => Object(value)[key], facts);
}

const shuffled = arbitraryStates.chain((states) =>
  fc.tuple(fc.constant(states), fc.shuffledSubarray(states, { minLength: states.length })),
);

describe("whatever the sources say", () => {
  test("the records that these properties are made of are valid", () => {
    fc.assert(
      fc.property(arbitraryRecord, (record) => {
        expect(SourceRecord.parse(record)).toEqual(record);
      }),
    );
  });

  test("the merge is a valid company", () => {
    fc.assert(
      fc.property(arbitraryStates, (states) => {
        expect(CompanyFacts.parse(mergeCompany(SIREN, states).facts)).toEqual(
          mergeCompany(SIREN, states).facts,
        );
      }),
      { numRuns: 300 },
    );
  });

  test("the merge does not depend on the order in which the sources answered", () => {
    fc.assert(
      fc.property(shuffled, ([states, others]) => {
        const one = mergeCompany(SIREN, states);
        const other = mergeCompany(SIREN, others);
        expect(other.facts).toEqual(one.facts);
        expect(Object.fromEntries(other.origins)).toEqual(Object.fromEntries(one.origins));
      }),
    );
  });

  test("every origin belongs to a fact, and comes from a source that answered", () => {
    fc.assert(
      fc.property(arbitraryStates, (states) => {
        const { facts, origins } = mergeCompany(SIREN, states);
        for (const [path, origin] of origins) {
          expect([path, at(facts, path)]).not.toEqual([path, undefined]);
          expect([path, at(facts, path)]).not.toEqual([path, null]);
          expect(states.find(({ source }) => source === origin.source)).toBeDefined();
          expect(origin.confidence).toBeGreaterThan(0);
          expect(origin.confidence).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("every known scalar has an origin", () => {
    fc.assert(
      fc.property(arbitraryStates, (states) => {
        const { facts, origins } = mergeCompany(SIREN, states);
        for (const [path, value] of Object.entries(facts)) {
          if (value === null || Array.isArray(value)) continue;
          if (["siren", "diffusion", "siege"].includes(path)) continue;
          expect([...origins.keys()]).toContain(path);
        }
      }),
    );
  });

  test("each year, head office, SIRET and notice is there once, so that it can be stored", () => {
    fc.assert(
      fc.property(arbitraryStates, (states) => {
        const { facts } = mergeCompany(SIREN, states);
        const years = facts.details_financiers.map(({ annee }) => annee);
        const sirets = facts.etablissements.map(({ siret }) => siret);
        expect(years).toEqual([...new Set(years)].toSorted((a, b) => b - a));
        expect(new Set(sirets).size).toBe(sirets.length);
        const dates = facts.evenements.map(({ date }) => date);
        expect(dates).toEqual(dates.toSorted().toReversed());
      }),
    );
  });

  test("the answer is a valid company with the provenance of each field", () => {
    fc.assert(
      fc.property(arbitraryStates, (states) => {
        if (!states.some(({ record }) => record !== null)) return;
        const company = composeCompany({
          stored: buildStored(states),
          contacts: [],
          contactsAsked: false,
          asked: [],
          faults: [],
          now: NOW,
          provenance: true,
        });
        expect(Company.parse(company)).toEqual(company);
        const { origins, facts } = mergeCompany(SIREN, states);
        expect(Object.keys(company.provenance ?? {}).toSorted()).toEqual([...origins.keys()].toSorted());
        for (const [path, one] of Object.entries(company.provenance ?? {})) {
          expect(one.value).toEqual(at(facts, path));
        }
      }),
    );
  });
});
