import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CompanyFacts } from "../../../../src/domain/companies/company.ts";
import { MAX_EVENTS } from "../../../../src/domain/enrichment/merge-events.ts";
import { maskPartialDiffusion } from "../../../../src/domain/enrichment/mask-partial-diffusion.ts";
import { diffFacts, type FieldChange } from "../../../../src/domain/pipeline/diff-facts.ts";
import { canonicalJson } from "../../../../src/lib/canonical-json.ts";
import { arbitraryFacts } from "../../../support/arbitrary-facts.ts";
import { buildDirigeant, buildEvenement, buildExercice, buildFacts } from "../../../support/build-facts.ts";

const SIEGE = {
  siret: "91234567500017",
  adresse: "1 rue des Lilas",
  code_postal: "69003",
  ville: "LYON",
  code_commune: "69383",
  departement: "69",
  region: "84",
  latitude: 45.75,
  longitude: 4.85,
};

const LISTS = ["etablissements", "details_financiers", "dirigeants", "evenements"] as const;

/** What is left of entries when those that are in both are taken out, one for one; in no order. */
function leftOver(items: unknown[], others: unknown[]): string[] {
  const left = others.map(canonicalJson);
  return items
    .map(canonicalJson)
    .filter((item) => {
      const at = left.indexOf(item);
      if (at !== -1) left.splice(at, 1);
      return at === -1;
    })
    .toSorted();
}

/** What a change says was there, or is there now. */
function entriesOf(change: FieldChange | undefined, side: "before" | "after"): string[] {
  if (change === undefined || !("added" in change)) return [];
  const alone = side === "before" ? change.removed : change.added;
  return [...alone, ...change.changed.map((pair) => pair[side])].map(canonicalJson).toSorted();
}

/** Either form of a change as two sides. */
function sidesOf(change: FieldChange): { field: string; before: unknown; after: unknown } {
  if (!("added" in change)) return change;
  const { field } = change;
  return { field, before: entriesOf(change, "before"), after: entriesOf(change, "after") };
}

const day = (n: number): string => new Date(Date.UTC(2024, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);

const complete = arbitraryFacts.map((facts) => ({ ...facts, diffusion: "complete" as const }));
const names = (changes: FieldChange[]): string[] => changes.map(({ field }) => field);

describe("any two states of a company", () => {
  test("that are the same differ in nothing, in whatever order their lists come", () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const turned = {
          ...facts,
          dirigeants: facts.dirigeants.toReversed(),
          details_financiers: facts.details_financiers.toReversed(),
          evenements: facts.evenements.toReversed(),
        };
        expect(diffFacts(facts, turned)).toEqual([]);
      }),
    );
  });

  test("differ in exactly the values reported, each as it was and as it is", () => {
    fc.assert(
      fc.property(complete, complete, (before, after) => {
        const changes = diffFacts(before, after);
        const values = Object.keys(CompanyFacts.shape).filter(
          (name) => name !== "siege" && !LISTS.some((list) => list === name),
        );
        const a = new Map<string, unknown>(Object.entries(before));
        const b = new Map<string, unknown>(Object.entries(after));
        const expected = values
          .filter((name) => canonicalJson(a.get(name)) !== canonicalJson(b.get(name)))
          .map((field) => ({ field, before: a.get(field), after: b.get(field) }));
        expect(changes.filter((change) => !("added" in change))).toEqual(expected);
      }),
    );
  });

  test("differ in exactly the entries reported: nothing is lost, nothing told twice", () => {
    fc.assert(
      fc.property(complete, complete, (before, after) => {
        const changes = diffFacts(before, after);
        for (const list of LISTS) {
          const change = changes.find(({ field }) => field === list);
          expect(entriesOf(change, "before")).toEqual(leftOver(before[list], after[list]));
          expect(entriesOf(change, "after")).toEqual(leftOver(after[list], before[list]));
        }
      }),
    );
  });

  test("differ in the same fields the other way round, with before and after swapped", () => {
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, (before, after) => {
        const there = diffFacts(before, after).map((change) => sidesOf(change));
        const back = diffFacts(after, before).map((change) => sidesOf(change));
        expect(back).toEqual(
          there.map(({ field, before: was, after: is }) => ({ field, before: is, after: was })),
        );
      }),
    );
  });
});

describe("of a company", () => {
  test("that moved, the members of its office are told one by one, and not where the map puts it", () => {
    const before = buildFacts({ siege: SIEGE });
    const after = buildFacts({
      siege: { ...SIEGE, ville: "VILLEURBANNE", latitude: 45.77, longitude: 4.88 },
    });
    expect(diffFacts(before, after)).toEqual([
      { field: "siege.ville", before: "LYON", after: "VILLEURBANNE" },
    ]);
    expect(names(diffFacts(buildFacts({ siege: null }), before))).toEqual([
      "siege.siret",
      "siege.adresse",
      "siege.code_postal",
      "siege.ville",
      "siege.code_commune",
      "siege.departement",
      "siege.region",
    ]);
  });

  test("with a new president, an older one with another role, and new accounts, each is told as what it is", () => {
    const before = buildFacts();
    const president = buildDirigeant({ nom: "MARTIN", prenoms: "Claire", annee_naissance: 1980 });
    const former = buildDirigeant({ qualites: ["Directeur général"] });
    const accounts = buildExercice({ annee: 2025, chiffre_affaires: 7_000_000 });
    const after = buildFacts({
      chiffre_affaires: 7_000_000,
      dirigeants: [president, former],
      details_financiers: [accounts, ...before.details_financiers],
    });
    expect(diffFacts(before, after)).toEqual([
      { field: "chiffre_affaires", before: 6_240_000, after: 7_000_000 },
      { field: "details_financiers", added: [accounts], removed: [], changed: [] },
      {
        field: "dirigeants",
        added: [president],
        removed: [],
        changed: [{ before: buildDirigeant(), after: former }],
      },
    ]);
  });

  test("two officers of one name stay two", () => {
    const father = buildDirigeant({ annee_naissance: 1950 });
    const son = buildDirigeant({ annee_naissance: 1980 });
    const [change] = diffFacts(
      buildFacts({ dirigeants: [father, son] }),
      buildFacts({ dirigeants: [{ ...son, qualites: ["Gérant"] }, father] }),
    );
    expect(change).toEqual({
      field: "dirigeants",
      added: [],
      removed: [],
      changed: [{ before: son, after: { ...son, qualites: ["Gérant"] } }],
    });
  });

  test("a member that the facts did not have yet when they were kept says nothing", () => {
    const { capital: _capital, dirigeants: _dirigeants, siege: _siege, ...old } = buildFacts();
    expect(diffFacts(old, buildFacts({ siege: SIEGE, effectif: 35 }))).toEqual([
      { field: "effectif", before: 34, after: 35 },
    ]);
  });

  test("notices that a full list has no room for any more were not taken back", () => {
    const notices = Array.from({ length: MAX_EVENTS + 2 }, (_, n) =>
      buildEvenement({ date: day(n) }),
    ).toReversed();
    const before = buildFacts({ evenements: notices.slice(2) });
    const after = buildFacts({ evenements: notices.slice(0, MAX_EVENTS) });
    expect(diffFacts(before, after)).toEqual([
      { field: "evenements", added: notices.slice(0, 2), removed: [], changed: [] },
    ]);
  });

  test("that opposed publication, nobody is told what the register hides now", () => {
    const before = buildFacts({ siege: SIEGE });
    const after = maskPartialDiffusion(buildFacts({ siege: SIEGE, diffusion: "partielle", effectif: 35 }));
    const changes = diffFacts(before, after);
    expect(changes).toEqual([
      { field: "diffusion", before: "complete", after: "partielle" },
      { field: "effectif", before: 34, after: 35 },
    ]);
    expect(JSON.stringify(changes)).not.toMatch(/DURAND|Lilas/);
  });
});
