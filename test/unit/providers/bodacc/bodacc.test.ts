import { describe, expect, test } from "vitest";
import ateliers from "../../../fixtures/providers/bodacc/ateliers-durand.json" with { type: "json" };
import none from "../../../fixtures/providers/bodacc/none.json" with { type: "json" };
import { answering, ask, recordOf, upstream } from "../provider-under-test.ts";
import { notice } from "./notice.ts";

const lookUp = (body: unknown) => ask("bodacc", upstream(answering(200, body)).http);

async function recordFrom(...notices: Record<string, unknown>[]) {
  return recordOf(await lookUp({ total_count: notices.length, results: notices }));
}

async function typesFrom(one: Record<string, unknown>) {
  return (await recordFrom(one)).evenements?.map((event) => event.type);
}

test("asks for the latest notices of the company", async () => {
  const { http, requests } = upstream(answering(200, ateliers));
  await ask("bodacc", http);
  const url = new URL(requests[0]?.url ?? "");
  expect(url.pathname).toBe("/api/explore/v2.1/catalog/datasets/annonces-commerciales/records");
  expect(url.searchParams.get("where")).toBe('registre="912345675"');
  expect(url.searchParams.get("limit")).toBe("100");
});

test("no notice is not found", async () => {
  expect(await lookUp(none)).toEqual({ kind: "not_found", credits: 0 });
});

test("the documented notices, latest first", async () => {
  const record = recordOf(await lookUp(ateliers));
  expect(record.as_of).toBe("2025-06-25");
  expect(record.evenements?.map((event) => [event.type, event.date, event.reference])).toEqual([
    ["procedure_collective", "2025-06-25", "A202501212345"],
    ["depot_comptes", "2024-06-07", "C202401091111"],
    ["comptes_confidentiels", "2024-06-07", "C202401091111"],
    ["changement_dirigeant", "2023-03-19", "B202300550042"],
    ["modification_capital", "2023-03-19", "B202300550042"],
    ["vente", "2022-05-24", "A202201000007"],
    ["depot_comptes", "2021-06-07", "C202101090001"],
  ]);
  expect(record.procedure_collective).toEqual({
    type: "redressement_judiciaire",
    date_debut: "2025-06-18",
    en_cours: true,
  });
});

test("nobody's name is copied", async () => {
  expect(JSON.stringify(recordOf(await lookUp(ateliers)))).not.toMatch(/DURAND|MARTIN|Jeanne/);
});

describe("families", () => {
  test.each([
    ["creation", "creation"],
    ["immatriculation", "immatriculation"],
    ["modification", "modification"],
    ["vente", "vente"],
    ["radiation", "radiation"],
    ["collective", "procedure_collective"],
    ["conciliation", "procedure_conciliation"],
    ["retablissement_professionnel", "procedure_collective"],
    ["dpc", "depot_comptes"],
    ["divers", "divers"],
    ["something_new", "divers"],
  ])("%s → %s", async (familleavis, type) => {
    expect(await typesFrom(notice({ familleavis }))).toEqual([type]);
  });

  test.each([
    ["object", { descriptif: "Nomination d'un commissaire aux comptes" }],
    ["string", JSON.stringify({ descriptif: "Nomination d'un commissaire aux comptes" })],
    ["array", [{ descriptif: "Nomination d'un commissaire aux comptes" }]],
    ["prose", "Nomination d'un commissaire aux comptes"],
  ])("sub-object as %s", async (_, modificationsgenerales) => {
    const one = notice({ familleavis: "modification", modificationsgenerales });
    expect(await typesFrom(one)).toEqual(["nomination_commissaire_aux_comptes"]);
  });

  test("broken sub-objects leave the notice standing", async () => {
    expect(await typesFrom(notice({ familleavis: "dpc", depot: '{"descriptif": ' }))).toEqual([
      "depot_comptes",
    ]);
    expect(await typesFrom(notice({ familleavis: "collective", jugement: "[1]" }))).toEqual([
      "procedure_collective",
    ]);
  });

  test("a notice without a date is no event", async () => {
    expect(await typesFrom(notice({ dateparution: null }))).toEqual([]);
  });
});

describe("rectifications and cancellations", () => {
  const original = notice({
    id: "A202500010011",
    parution: "20250001",
    numeroannonce: 11,
    dateparution: "2025-01-02",
    familleavis: "vente",
    acte: { descriptif: "au prix de 10 000 EUR" },
  });
  const about = { nomPublication: "Bodacc A", numeroParution: "20250001", numeroAnnonce: "0011" };
  const later = {
    id: "A202500200007",
    parution: "20250020",
    numeroannonce: 7,
    dateparution: "2025-02-02",
    familleavis: "vente",
    parutionavisprecedent: JSON.stringify(about),
  };

  test("a rectification corrects the notice, which keeps its date and reference", async () => {
    const fix = notice({ ...later, typeavis: "rectificatif", acte: { descriptif: "au prix de 12 000 EUR" } });
    expect((await recordFrom(fix, original)).evenements).toMatchObject([
      { type: "vente", date: "2025-01-02", reference: "A202500010011", montant: 12_000 },
    ]);
  });

  test("what a rectification does not repeat stays", async () => {
    const fix = notice({ ...later, typeavis: "rectificatif" });
    expect((await recordFrom(fix, original)).evenements).toMatchObject([{ montant: 10_000 }]);
  });

  test("a cancellation removes the notice", async () => {
    const end = notice({ ...later, typeavis: "annulation" });
    expect((await recordFrom(end, original)).evenements).toEqual([]);
  });

  test("a cancellation of the rectification removes the event too", async () => {
    const fix = notice({ ...later, typeavis: "rectificatif" });
    const ofFix = { nomPublication: "Bodacc A", numeroParution: "20250020", numeroAnnonce: 7 };
    const end = notice({
      ...later,
      id: "A202500300001",
      parution: "20250030",
      numeroannonce: 1,
      dateparution: "2025-03-03",
      typeavis: "annulation",
      parutionavisprecedent: ofFix,
    });
    expect((await recordFrom(end, fix, original)).evenements).toEqual([]);
  });

  test("about a notice we do not have", async () => {
    const fix = notice({ ...later, typeavis: "rectificatif" });
    expect((await recordFrom(fix)).evenements).toHaveLength(1);
    const end = notice({ ...later, typeavis: "annulation", parutionavisprecedent: null });
    expect((await recordFrom(end)).evenements).toEqual([]);
  });

  test("a cancelled judgment opens no procedure", async () => {
    const jugement = { nature: "Jugement d'ouverture de liquidation judiciaire", date: "2025-01-01" };
    const opening = { ...original, familleavis: "collective", jugement };
    const end = notice({ ...later, familleavis: "collective", typeavis: "annulation" });
    expect((await recordFrom(end, opening)).procedure_collective).toBeNull();
  });
});
