import { describe, expect, test } from "vitest";
import ateliers from "../../../fixtures/providers/insee/ateliers-durand.json" with { type: "json" };
import masked from "../../../fixtures/providers/insee/individual-masked.json" with { type: "json" };
import notFound from "../../../fixtures/providers/insee/not-found.json" with { type: "json" };
import { answering, ask, KEY, recordOf, upstream } from "../provider-under-test.ts";

const BASE = "https://api.insee.fr/api-sirene/3.11";
const lookUp = (status: number, body: unknown) => ask("insee", upstream(answering(status, body)).http);

test("sends the key in its header", async () => {
  const { http, requests } = upstream(answering(200, ateliers));
  await ask("insee", http);
  expect(requests[0]?.url).toBe(`${BASE}/siren/912345675`);
  expect(requests[0]?.headers.get("x-insee-api-key-integration")).toBe(KEY);
  expect(requests[0]?.redirect).toBe("manual");
});

test.each([
  { status: 404, body: notFound, expected: { kind: "not_found" } },
  { status: 401, body: "", expected: { kind: "failed", failure: { reason: "invalid_key" } } },
  { status: 403, body: "Forbidden", expected: { kind: "failed", failure: { reason: "invalid_key" } } },
  {
    status: 403,
    body: { header: { statut: 403, message: "Unité légale non diffusable (912345675)" } },
    expected: { kind: "found", record: { siren: "912345675", identite: { diffusion: "partielle" } } },
  },
  { status: 406, body: "", expected: { kind: "failed", failure: { reason: "rejected" } } },
])("$status with $body", async ({ status, body, expected }) => {
  expect(await lookUp(status, body)).toMatchObject(expected);
});

describe("redirection of a duplicate SIREN", () => {
  test.each([`${BASE}/siren/842157968`, "/api-sirene/3.11/siren/842157968"])(
    "to %s is followed once",
    async (location) => {
      const survivor = { ...ateliers, uniteLegale: { ...ateliers.uniteLegale, siren: "842157968" } };
      const { http, requests } = upstream(answering(301, "", { location }), answering(200, survivor));
      expect(recordOf(await ask("insee", http)).siren).toBe("842157968");
      expect(requests[1]?.url).toBe(`${BASE}/siren/842157968`);
    },
  );

  test.each(["https://elsewhere.example/siren/1", "http://api.insee.fr/siren/1", "http://[", ""])(
    "to %s is refused",
    async (location) => {
      const { http, requests } = upstream(answering(301, "", { location }));
      expect(await ask("insee", http)).toMatchObject({ failure: { reason: "rejected" } });
      // An empty location is the same URL: asked once more, never twice.
      expect(requests.length).toBeLessThanOrEqual(location === "" ? 2 : 1);
      for (const request of requests) expect(new URL(request.url).origin).toBe("https://api.insee.fr");
    },
  );

  test("a second one is not followed", async () => {
    const { http, requests } = upstream(answering(301, "", { location: `${BASE}/siren/842157968` }));
    expect(await ask("insee", http)).toMatchObject({ failure: { reason: "rejected" } });
    expect(requests).toHaveLength(2);
  });
});

test("the documented unit, as of its current period", async () => {
  const record = recordOf(await lookUp(200, ateliers));
  expect(record).toEqual({
    siren: "912345675",
    as_of: "2026-01-12",
    identite: {
      nom_entreprise: "ATELIERS DURAND",
      sigle: null,
      statut: "active",
      diffusion: "complete",
      code_naf: "25.62B",
      code_naf_2025: "25.53Y",
      secteur_activite: "Mécanique industrielle",
      forme_juridique: { code: "5710", libelle: "SAS" },
      categorie_entreprise: "PME",
      date_creation: "1994-03-01",
      date_fermeture: null,
      tranche_effectif: { code: "12", min: 20, max: 49, annee: 2023 },
    },
    siege: { siret: "91234567500017" },
  });
});

test("a masked, closed individual without staff", async () => {
  expect(recordOf(await lookUp(200, masked)).identite).toMatchObject({
    nom_entreprise: null,
    diffusion: "partielle",
    statut: "cessee",
    date_creation: null,
    date_fermeture: "2020-04-30",
    tranche_effectif: { code: "NN", min: 0, max: 0, annee: null },
  });
});

test("an individual is called by the name in use; an older NAF is not a NAF rev. 2", async () => {
  const [period] = ateliers.uniteLegale.periodesUniteLegale;
  const unit = {
    ...ateliers.uniteLegale,
    prenomUsuelUniteLegale: "JEANNE",
    activitePrincipaleNAF25UniteLegale: null,
    periodesUniteLegale: [
      {
        ...period,
        denominationUniteLegale: null,
        nomUniteLegale: "PETIT",
        nomUsageUniteLegale: "MARTIN",
        activitePrincipaleUniteLegale: "28.5D",
      },
    ],
  };
  expect(recordOf(await lookUp(200, { uniteLegale: unit })).identite).toMatchObject({
    nom_entreprise: "JEANNE MARTIN",
    code_naf: null,
    secteur_activite: null,
  });
});

test("a unit without periods says little and breaks nothing", async () => {
  const record = recordOf(await lookUp(200, { uniteLegale: { siren: "912345675" } }));
  expect(record).not.toHaveProperty("siege");
  expect(record.identite).toMatchObject({ nom_entreprise: null, statut: null });
});
