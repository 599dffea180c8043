import { describe, expect, test } from "vitest";
import type { Exercice } from "../../../../src/domain/companies/company.ts";
import { mergeCompany } from "../../../../src/domain/enrichment/merge-company.ts";
import { mergeFinances } from "../../../../src/domain/enrichment/merge-finances.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import { buildExercice } from "../../../support/build-facts.ts";
import { buildRecord, buildState, SIREN } from "../../../support/enrichment-world.ts";

const year = (overrides: Partial<Exercice> = {}): Exercice => buildExercice({ annee: 2024, ...overrides });

function states(said: Partial<Record<SourceName, Exercice[]>>) {
  return Object.entries(said).map(([source, exercices]) =>
    buildState(source as SourceName, { record: buildRecord({ exercices }) }),
  );
}

function merge(said: Partial<Record<SourceName, Exercice[]>>) {
  return mergeFinances(states(said));
}

describe("the accounts of one year from several sources", () => {
  test("are one, the company's own before those of its group", () => {
    const [merged, ...others] = merge({
      pappers: [year({ comptes: "consolides", chiffre_affaires: 90_000_000, resultat: 5_000_000 })],
      ratios_inpi: [year({ comptes: "sociaux", chiffre_affaires: 6_240_000, resultat: 412_000 })],
    });
    expect(others).toEqual([]);
    expect(merged?.exercice).toMatchObject({ comptes: "sociaux", chiffre_affaires: 6_240_000 });
    expect(merged?.origin.source).toBe("ratios_inpi");
  });

  test.each(["sociaux", null] as const)("never take a figure of the group's accounts: %s", (comptes) => {
    const [merged] = merge({
      pappers: [year({ comptes, chiffre_affaires: 6_240_000 })],
      ratios_inpi: [year({ comptes: "consolides", tresorerie: 7_000_000, effectif: 900 })],
    });
    expect(merged?.exercice).toMatchObject({ comptes, tresorerie: null, effectif: null, resultat: null });
  });

  test("of the group are completed by nothing of the company's own", () => {
    const [merged] = merge({
      ratios_inpi: [year({ comptes: "consolides", chiffre_affaires: 90_000_000 })],
      recherche_entreprises: [],
    });
    expect(merged?.exercice).toMatchObject({ comptes: "consolides", chiffre_affaires: 90_000_000 });
  });

  test("are completed with what only another source knows", () => {
    const [merged] = merge({
      pappers: [year({ chiffre_affaires: 6_240_000, resultat: 412_000, comptes: null, cloture: null })],
      ratios_inpi: [year({ chiffre_affaires: 6_240_000, tresorerie: 90_000, comptes: "sociaux" })],
    });
    expect(merged?.exercice).toMatchObject({
      comptes: "sociaux",
      cloture: "2024-12-31",
      resultat: 412_000,
      tresorerie: 90_000,
    });
    expect(merged?.origin).toEqual({ source: "pappers", as_of: "2024-12-31", confidence: 0.95 });
  });

  test("take turnover and result from the same accounts, never one from each", () => {
    const [merged] = merge({
      pappers: [year({ chiffre_affaires: 6_240_000, resultat: null })],
      ratios_inpi: [year({ chiffre_affaires: 6_300_000, resultat: 400_000 })],
    });
    expect(merged?.exercice).toMatchObject({ chiffre_affaires: 6_240_000, resultat: null });
    expect(merged?.origin.confidence).toBe(0.72);
  });

  test("that state figures go before those that state none", () => {
    const [merged] = merge({
      pappers: [year({ effectif: 34 })],
      recherche_entreprises: [year({ chiffre_affaires: 6_240_000, comptes: null })],
    });
    expect(merged?.exercice).toMatchObject({ chiffre_affaires: 6_240_000, effectif: 34 });
    expect(merged?.origin.source).toBe("recherche_entreprises");
  });
});

describe("unknown, zero and confidential", () => {
  test("a turnover of zero is a figure: no other source replaces it", () => {
    const [merged] = merge({
      pappers: [year({ chiffre_affaires: 0, resultat: -3_000 })],
      ratios_inpi: [year({ chiffre_affaires: 10, resultat: 10 })],
    });
    expect(merged?.exercice).toMatchObject({ chiffre_affaires: 0, resultat: -3_000 });
  });

  test("confidential accounts stay without figures and say why", () => {
    const { facts, origins } = mergeCompany(
      SIREN,
      states({
        pappers: [year({ confidentialite: "confidentielle" })],
        ratios_inpi: [year({ confidentialite: null })],
      }),
    );
    expect(facts).toMatchObject({
      chiffre_affaires: null,
      resultat: null,
      confidentialite: "confidentielle",
    });
    expect(origins.get("confidentialite")?.source).toBe("pappers");
    expect(origins.has("chiffre_affaires")).toBe(false);
  });

  test("of the latest accounts is not covered by an older publication", () => {
    const { facts } = mergeCompany(
      SIREN,
      states({
        pappers: [
          year({ confidentialite: "confidentielle" }),
          year({ annee: 2023, chiffre_affaires: 5_890_000, confidentialite: "publique" }),
        ],
      }),
    );
    expect(facts).toMatchObject({ confidentialite: "confidentielle", chiffre_affaires: 5_890_000 });
  });
});

test("a later filing that the gazette calls confidential makes the company's accounts confidential", () => {
  const notice = {
    type: "comptes_confidentiels",
    titre: null,
    reference: null,
    montant: null,
    source: "bodacc",
  } as const;
  const confidentialite = (date: string) => {
    const accounts = year({
      annee: 2022,
      cloture: "2022-12-31",
      chiffre_affaires: 1,
      confidentialite: "publique",
    });
    const withNotice = buildState("bodacc", { record: buildRecord({ evenements: [{ ...notice, date }] }) });
    return mergeCompany(SIREN, [...states({ ratios_inpi: [accounts] }), withNotice]).facts.confidentialite;
  };
  expect(confidentialite("2026-08-27")).toBe("confidentielle");
  expect(confidentialite("2023-07-15")).toBe("publique");
});

test("the company's figures are those of one set of accounts, the latest with a turnover, and say which", () => {
  const { facts, origins } = mergeCompany(
    SIREN,
    states({
      pappers: [year({ annee: 2023, chiffre_affaires: 5_890_000, resultat: 371_000, effectif: 33 })],
      recherche_entreprises: [year({ annee: 2025, resultat: 500_000, comptes: null })],
    }),
  );
  expect(facts).toMatchObject({
    chiffre_affaires: 5_890_000,
    resultat: 371_000,
    effectif: 33,
    annee_comptes: 2023,
  });
  for (const path of ["chiffre_affaires", "resultat", "annee_comptes"]) {
    expect(origins.get(path)?.source).toBe("pappers");
  }
});

test("at most fifteen years are kept, the latest ones", () => {
  const years = Array.from({ length: 20 }, (_, index) => year({ annee: 2000 + index }));
  const merged = merge({ pappers: years });
  expect(merged.map(({ exercice }) => exercice.annee)).toEqual(
    Array.from({ length: 15 }, (_, index) => 2019 - index),
  );
});
