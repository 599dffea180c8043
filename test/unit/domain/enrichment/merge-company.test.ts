import { describe, expect, test } from "vitest";
import type { ProcedureCollective, Siege } from "../../../../src/domain/companies/company.ts";
import { mergeCompany } from "../../../../src/domain/enrichment/merge-company.ts";
import { originOf } from "../../../../src/domain/enrichment/origin-of.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import type { SourceRecord } from "../../../../src/domain/enrichment/source-record.ts";
import { buildEvenement } from "../../../support/build-facts.ts";
import { buildRecord, buildState, SIREN } from "../../../support/enrichment-world.ts";

type Said = Partial<Record<SourceName, Partial<SourceRecord> | null>>;

function merge(said: Said) {
  const states = Object.entries(said).map(([source, record]) =>
    buildState(source as SourceName, {
      record: record === null ? null : { siren: SIREN, as_of: "2026-11-01", ...record },
    }),
  );
  return mergeCompany(SIREN, states);
}

const named = (nom_entreprise: string | null) => ({ identite: { nom_entreprise } });

const underProcedure = (type: ProcedureCollective["type"]) => ({
  procedure_collective: { type, date_debut: null, en_cours: true },
});

describe("a field that several sources state", () => {
  test("is taken from the register first, whoever answered first", () => {
    const { facts, origins } = merge({
      pappers: named("DURAND ATELIERS"),
      recherche_entreprises: named("ATELIERS DURAND SAS"),
      insee: named("ATELIERS DURAND"),
    });
    expect(facts.nom_entreprise).toBe("ATELIERS DURAND");
    expect(origins.get("nom_entreprise")?.source).toBe("insee");
  });

  test.each([
    ["one source alone", { insee: named("A") }, 0.98],
    ["two that agree", { insee: named("A"), pappers: named("A") }, 0.99],
    ["two that differ", { insee: named("A"), pappers: named("B") }, 0.78],
    [
      "two that agree and one that differs",
      { insee: named("A"), pappers: named("A"), bodacc: named("B") },
      0.79,
    ],
    ["a source that does not know", { insee: named("A"), pappers: named(null) }, 0.98],
  ])("is as sure as its witnesses: %s", (_case, said, confidence) => {
    expect(merge(said).origins.get("nom_entreprise")).toEqual({
      source: "insee",
      as_of: "2026-11-01",
      confidence,
    });
  });

  test("is completed by the next source when the first one does not know", () => {
    const { facts, origins } = merge({ insee: named(null), pappers: named("B") });
    expect(facts.nom_entreprise).toBe("B");
    expect(origins.get("nom_entreprise")).toMatchObject({ source: "pappers", confidence: 0.9 });
  });

  test("is unknown, without origin, when nobody knows it: never zero, never empty", () => {
    const { facts, origins } = merge({ insee: { identite: {} }, pappers: null });
    expect(facts).toMatchObject({
      nom_entreprise: null,
      capital: null,
      effectif: null,
      chiffre_affaires: null,
    });
    expect(facts.nombre_etablissements_ouverts).toBeNull();
    expect(origins.size).toBe(0);
  });

  test("zero is a value: a capital of 0 is not replaced", () => {
    const { facts } = merge({ insee: { identite: { capital: 0 } }, pappers: { identite: { capital: 500 } } });
    expect(facts.capital).toBe(0);
  });
});

describe("the activity", () => {
  test("is named after its code when no source names it, with the origin of the code", () => {
    const { facts, origins } = merge({ insee: { identite: { code_naf: "25.62B" } } });
    expect(facts.secteur_activite).toBe("Mécanique industrielle");
    expect(origins.get("secteur_activite")).toEqual(origins.get("code_naf"));
  });

  test("keeps the name a source gives", () => {
    const said = { code_naf: "25.62B", secteur_activite: "Usinage" };
    const { facts, origins } = merge({
      insee: { identite: { code_naf: "25.62B" } },
      pappers: { identite: said },
    });
    expect(facts.secteur_activite).toBe("Usinage");
    expect(origins.get("secteur_activite")?.source).toBe("pappers");
  });
});

describe("partial diffusion", () => {
  test("one source that masks is enough", () => {
    const { facts } = merge({
      recherche_entreprises: { identite: { diffusion: "complete" } },
      insee: { identite: { diffusion: "partielle" } },
    });
    expect(facts.diffusion).toBe("partielle");
  });
});

describe("the head office", () => {
  const lyon: Partial<Siege> = { siret: "91234567500012", ville: "LYON", code_postal: "69007" };
  const paris: Partial<Siege> = { siret: "91234567500020", ville: "PARIS", adresse: "1 rue de Rivoli" };

  test("of another SIRET lends nothing to it", () => {
    const { facts } = merge({ insee: { siege: lyon }, pappers: { siege: paris } });
    expect(facts.siege).toMatchObject({ siret: "91234567500012", ville: "LYON", adresse: null });
  });

  test("of the same SIRET is completed field by field", () => {
    const { facts, origins } = merge({
      insee: { siege: lyon },
      pappers: { siege: { siret: "91234567500012", adresse: "3 rue X", ville: "Lyon 7e" } },
    });
    expect(facts.siege).toMatchObject({ ville: "LYON", adresse: "3 rue X" });
    expect(origins.get("siege.adresse")?.source).toBe("pappers");
    expect(origins.get("siege.siret")).toMatchObject({ source: "insee", confidence: 0.99 });
  });

  test("without a SIRET serves when no source has one", () => {
    const { facts } = merge({ pappers: { siege: { ville: "LYON" } } });
    expect(facts.siege).toMatchObject({ siret: null, ville: "LYON" });
  });

  test("is unknown when the sources have none, or an empty one", () => {
    expect(merge({ insee: { siege: null } }).facts.siege).toBeNull();
    expect(merge({ insee: { siege: {} } }).facts.siege).toBeNull();
    expect(merge({ insee: {} }).facts.siege).toBeNull();
  });
});

describe("the establishments", () => {
  const blank = {
    siege: false,
    actif: true,
    enseigne: null,
    code_naf: null,
    adresse: null,
    code_postal: null,
    ville: null,
    date_creation: null,
    date_fermeture: null,
  };

  test("are one per SIRET, completed by later sources, head office first and closed ones last", () => {
    const { facts, origins } = merge({
      pappers: {
        etablissements: [
          { ...blank, siret: "91234567500020", ville: "PARIS", enseigne: "CHEZ DURAND" },
          { ...blank, siret: "91234567500012", siege: true },
        ],
      },
      insee: {
        etablissements: [
          { ...blank, siret: "91234567500038", actif: false },
          { ...blank, siret: "91234567500020", ville: "PARIS 1" },
        ],
      },
    });
    expect(facts.etablissements.map(({ siret }) => siret)).toEqual([
      "91234567500012",
      "91234567500020",
      "91234567500038",
    ]);
    expect(facts.etablissements[1]).toMatchObject({ ville: "PARIS 1", enseigne: "CHEZ DURAND" });
    expect([0, 1, 2].map((index) => origins.get(`etablissements.${index}`)?.source)).toEqual([
      "pappers",
      "insee",
      "insee",
    ]);
  });
});

describe("the events", () => {
  test("that two sources announce are one: type and day make the notice", () => {
    const notice = buildEvenement({ type: "vente", date: "2025-06-25", titre: "BODACC" });
    const { facts, origins } = merge({
      pappers: { evenements: [{ ...notice, titre: "Pappers", source: "pappers" }] },
      bodacc: { evenements: [notice] },
    });
    expect(facts.evenements).toEqual([notice]);
    expect(origins.get("evenements.0")).toMatchObject({ source: "bodacc", as_of: "2025-06-25" });
  });

  test("of one day in one source stay as many as it published", () => {
    const notices = ["A", "B"].map((reference) => buildEvenement({ type: "modification", reference }));
    expect(merge({ bodacc: { evenements: notices } }).facts.evenements).toHaveLength(2);
  });

  test("of another day or type add up, latest first", () => {
    const { facts } = merge({
      bodacc: {
        evenements: [buildEvenement({ date: "2024-01-01" }), buildEvenement({ date: "2026-01-01" })],
      },
      pappers: { evenements: [buildEvenement({ date: "2025-01-01" })] },
    });
    expect(facts.evenements.map(({ date }) => date)).toEqual(["2026-01-01", "2025-01-01", "2024-01-01"]);
  });

  test("that do not exist are something BODACC told us", () => {
    expect(merge({ bodacc: null }).origins.get("evenements")).toEqual({
      source: "bodacc",
      as_of: "2026-11-20",
      confidence: 0.95,
    });
    expect(merge({ insee: {} }).origins.has("evenements")).toBe(false);
  });
});

describe("a collective procedure", () => {
  test("is believed from BODACC before those who republish it", () => {
    const { facts, origins } = merge({
      pappers: underProcedure("sauvegarde"),
      bodacc: underProcedure("liquidation_judiciaire"),
    });
    expect(facts.procedure_collective?.type).toBe("liquidation_judiciaire");
    expect(origins.get("procedure_collective")).toMatchObject({ source: "bodacc", confidence: 0.76 });
  });
});

test("a source that says the company is none of its own leaves no trace", () => {
  const { facts } = mergeCompany(SIREN, [
    buildState("insee", { record: null }),
    buildState("pappers", { record: buildRecord() }),
  ]);
  expect(facts.nom_entreprise).toBe("ATELIERS DURAND");
});

test("where a list comes from is where its first entry comes from", () => {
  const { origins } = merge({ bodacc: { evenements: [buildEvenement()] } });
  expect(originOf(origins)("evenements")?.source).toBe("bodacc");
  expect(originOf(origins)("dirigeants")).toBeNull();
});
