import { describe, expect, test } from "vitest";
import type { Dirigeant } from "../../../../src/domain/companies/company.ts";
import { mergeOfficers } from "../../../../src/domain/enrichment/merge-officers.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import { buildDirigeant } from "../../../support/build-facts.ts";
import { buildRecord, buildState } from "../../../support/enrichment-world.ts";

function merge(said: Partial<Record<SourceName, Partial<Dirigeant>[]>>) {
  return mergeOfficers(
    Object.entries(said).map(([source, officers]) =>
      buildState(source as SourceName, { record: buildRecord({ dirigeants: officers.map(buildDirigeant) }) }),
    ),
  );
}

const company = (overrides: Partial<Dirigeant>): Partial<Dirigeant> => ({
  type: "personne_morale",
  nom: null,
  prenoms: null,
  annee_naissance: null,
  ...overrides,
});

describe("an officer named by several sources", () => {
  test.each([
    ["accents and case", { nom: "Lefèvre" }, { nom: "LEFEVRE" }],
    ["dashes", { nom: "PETIT-JEAN" }, { nom: "Petit Jean" }],
    ["further given names", { prenoms: "Michel" }, { prenoms: "MICHEL, Jean, Paul" }],
    ["a birth year that one source hides", { annee_naissance: null }, { annee_naissance: 1961 }],
  ])("is one person under two spellings: %s", (_case, one, other) => {
    const merged = merge({ pappers: [one], recherche_entreprises: [other] });
    expect(merged).toHaveLength(1);
    expect(merged[0]?.dirigeant.annee_naissance).toBe(1961);
    expect(merged[0]?.origin).toMatchObject({ source: "pappers", confidence: 0.95 });
  });

  test.each([
    ["another birth year", { annee_naissance: 1988 }],
    ["another given name", { prenoms: "Claire" }],
    ["another surname", { nom: "DUPONT" }],
  ])("is somebody else with %s", (_case, other) => {
    expect(merge({ pappers: [{}], recherche_entreprises: [other] })).toHaveLength(2);
  });

  test("homonyms of two generations stay two, each with their own roles", () => {
    const merged = merge({
      pappers: [
        { annee_naissance: 1961, qualites: ["Président"] },
        { annee_naissance: 1988, qualites: ["Directeur général"] },
      ],
      recherche_entreprises: [
        { annee_naissance: 1988, qualites: ["Directeur général"] },
        { annee_naissance: 1961, qualites: ["Président de SAS"] },
      ],
    });
    expect(merged.map(({ dirigeant }) => [dirigeant.annee_naissance, dirigeant.qualites])).toEqual([
      [1961, ["Président"]],
      [1988, ["Directeur général"]],
    ]);
  });

  test("keeps every role once, whatever the legal form written behind it", () => {
    const [merged] = merge({
      pappers: [{ qualites: ["Président", "président"] }],
      recherche_entreprises: [{ qualites: ["Président de SAS", "Directeur général"] }],
    });
    expect(merged?.dirigeant.qualites).toEqual(["Président", "Directeur général"]);
  });

  test("listed twice by one source is one, and no surer for it", () => {
    const merged = merge({ pappers: [{ qualites: ["Président"] }, { qualites: ["Administrateur"] }] });
    expect(merged).toHaveLength(1);
    expect(merged[0]?.dirigeant.qualites).toEqual(["Président", "Administrateur"]);
    expect(merged[0]?.origin.confidence).toBe(0.9);
  });

  test("nameless people are never taken for one another", () => {
    expect(merge({ pappers: [{ nom: null }], recherche_entreprises: [{ nom: null }] })).toHaveLength(2);
  });
});

describe("a company that is an officer", () => {
  test("is known by its SIREN, whatever its name", () => {
    const merged = merge({
      pappers: [company({ siren: "842157968", denomination: "HOLDING MAUREPAS" })],
      recherche_entreprises: [company({ siren: "842157968", denomination: "MAUREPAS" })],
    });
    expect(merged).toHaveLength(1);
    expect(merged[0]?.dirigeant.denomination).toBe("HOLDING MAUREPAS");
  });

  test("is known by its name when a source gives no SIREN, and then gets it", () => {
    const merged = merge({
      pappers: [company({ denomination: "Holding Maurepas" })],
      recherche_entreprises: [company({ siren: "842157968", denomination: "HOLDING MAUREPAS" })],
    });
    expect(merged.map(({ dirigeant }) => dirigeant.siren)).toEqual(["842157968"]);
  });

  test("of another SIREN, or without SIREN or name, is another one", () => {
    expect(
      merge({
        pappers: [company({ siren: "842157968", denomination: "H" }), company({ denomination: null })],
        recherche_entreprises: [
          company({ siren: "552032534", denomination: "H" }),
          company({ denomination: null }),
        ],
      }),
    ).toHaveLength(4);
  });

  test("is not a person of the same name", () => {
    expect(merge({ pappers: [{ nom: "DURAND" }, company({ denomination: "DURAND" })] })).toHaveLength(2);
  });
});
