import { describe, expect, test } from "vitest";
import ateliers from "../../../fixtures/providers/recherche-entreprises/ateliers-durand.json" with { type: "json" };
import none from "../../../fixtures/providers/recherche-entreprises/none.json" with { type: "json" };
import masked from "../../../fixtures/providers/recherche-entreprises/partial-diffusion.json" with { type: "json" };
import withAdmin from "../../../fixtures/providers/recherche-entreprises/with-admin-blocks.json" with { type: "json" };
import { answering, ask, recordOf, upstream } from "../provider-under-test.ts";

const SOURCE = "recherche_entreprises";

async function lookUp(body: unknown, siren = "912345675") {
  return ask(SOURCE, upstream(answering(200, body)).http, { siren });
}

/** The documented company with some keys changed. */
async function recordWith(changes: Record<string, unknown>) {
  const [company] = ateliers.results;
  return recordOf(await lookUp({ ...ateliers, results: [{ ...company, ...changes }] }));
}

describe("request", () => {
  test("is a direct look-up of the SIREN with the extra blocks", async () => {
    const { http, requests } = upstream(answering(200, ateliers));
    await ask(SOURCE, http);
    const url = new URL(requests[0]?.url ?? "");
    expect(url.origin + url.pathname).toBe("https://recherche-entreprises.api.gouv.fr/search");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      q: "912345675",
      page: "1",
      per_page: "1",
      include_admin: "etablissements,immatriculation,bodacc",
    });
  });

  test("does without the undocumented parameter when it is refused", async () => {
    const { http, requests } = upstream(answering(400, { erreur: "?" }), answering(200, ateliers));
    expect((await ask(SOURCE, http)).kind).toBe("found");
    expect(requests[1]?.url).not.toContain("include_admin");
  });

  test("stops at the second refusal", async () => {
    const { http, requests } = upstream(answering(400, { erreur: "?" }));
    expect(await ask(SOURCE, http)).toMatchObject({ kind: "failed", failure: { reason: "rejected" } });
    expect(requests).toHaveLength(2);
  });
});

describe("answer", () => {
  test("no result is not found", async () => {
    expect(await lookUp(none)).toEqual({ kind: "not_found", credits: 0 });
  });

  test("another company is malformed", async () => {
    expect(await lookUp(ateliers, "842157968")).toMatchObject({ failure: { reason: "malformed" } });
  });

  test("the documented company", async () => {
    const record = recordOf(await lookUp(ateliers));
    expect(record).toMatchObject({
      siren: "912345675",
      as_of: "2026-11-17",
      identite: {
        nom_entreprise: "ATELIERS DURAND",
        statut: "active",
        diffusion: "complete",
        code_naf: "25.62B",
        code_naf_2025: "25.53Y",
        secteur_activite: "Mécanique industrielle",
        forme_juridique: { code: "5710", libelle: "SAS" },
        categorie_entreprise: "PME",
        tranche_effectif: { code: "12", min: 20, max: 49, annee: 2023 },
        numero_tva: "FR65912345675",
      },
      siege: { siret: "91234567500017", ville: "SAINT-PRIEST", departement: "69", latitude: 45.6961 },
      exercices: [{ annee: 2024, chiffre_affaires: 6_240_000, resultat: 412_000, effectif: null }],
    });
  });

  test("without the extra blocks it does not speak of what they hold", async () => {
    const record = recordOf(await lookUp(ateliers));
    expect(record).not.toHaveProperty("etablissements");
    expect(record).not.toHaveProperty("procedure_collective");
    expect(record.identite).not.toHaveProperty("capital");
  });

  test("officers: auditors dropped, legal persons without a SIREN kept", async () => {
    const { dirigeants } = recordOf(await lookUp(ateliers));
    expect(dirigeants?.map((one) => one.nom ?? one.denomination)).toEqual([
      "DURAND",
      "HOLDING MAUREPAS",
      "L'ETAT",
    ]);
    expect(dirigeants?.[0]).toMatchObject({
      type: "personne_physique",
      prenoms: "MICHEL PAUL",
      annee_naissance: 1961,
    });
    expect(dirigeants?.[2]).toMatchObject({ siren: null, qualites: [] });
  });

  test("with the extra blocks: capital, establishments (head office first), procedure", async () => {
    const record = recordOf(await lookUp(withAdmin));
    expect(record.identite?.capital).toBe(150_000);
    expect(record.etablissements?.map((one) => [one.siret.slice(-2), one.actif])).toEqual([
      ["17", true],
      ["33", true],
      ["25", false],
    ]);
    expect(record.etablissements?.[1]?.enseigne).toBe("DURAND SERVICES");
    expect(record.procedure_collective).toEqual({
      type: "redressement_judiciaire",
      date_debut: "2025-06-25",
      en_cours: true,
    });
  });

  test.each([
    { etablissements: "closed" },
    { immatriculation: 12 },
    { bodacc: [] },
    { bodacc: { procedure_collective: 3 } },
  ])("a change of the undocumented %o breaks nothing", async (block) => {
    expect((await recordWith(block)).identite?.nom_entreprise).toBe("ATELIERS DURAND");
  });

  test("partial diffusion: masks never get in", async () => {
    const record = recordOf(await lookUp(masked, "300210820"));
    expect(JSON.stringify(record)).not.toContain("NON-DIFFUSIBLE");
    expect(record.identite).toMatchObject({
      diffusion: "partielle",
      nom_entreprise: null,
      date_creation: null,
    });
    expect(record.siege).toMatchObject({
      adresse: null,
      code_postal: null,
      latitude: null,
      ville: "SAINT-PRIEST",
    });
    expect(record.dirigeants).toMatchObject([{ nom: null, annee_naissance: null }]);
  });
});

describe("traps", () => {
  test.each([
    { ca: 27_376_000_000, resultat_net: 0, figures: [27_376_000_000, null] },
    { ca: 0, resultat_net: 365_000, figures: [null, 365_000] },
    { ca: 0, resultat_net: 0, figures: [0, 0] },
    { ca: null, resultat_net: 0, figures: [null, 0] },
    { ca: "6240000", resultat_net: "-12.5", figures: [6_240_000, -12.5] },
  ])("figures $ca and $resultat_net", async ({ ca, resultat_net, figures }) => {
    const { exercices } = await recordWith({ finances: { "2024": { ca, resultat_net } } });
    expect(exercices?.map((one) => [one.chiffre_affaires, one.resultat])).toEqual([figures]);
  });

  test("an unknown head office is an empty object", async () => {
    expect((await recordWith({ siege: {} })).siege).toBeNull();
  });

  test("from 2027 the main code is a NAF 2025 one and the temporary key is gone", async () => {
    const changes = { activite_principale: "25.53Y", activite_principale_naf25: undefined };
    expect((await recordWith(changes)).identite).toMatchObject({ code_naf: null, code_naf_2025: "25.53Y" });
  });

  test("a company that only one register knows is dated by that one", async () => {
    const changes = { date_mise_a_jour: null, date_mise_a_jour_insee: null };
    expect((await recordWith(changes)).as_of).toBe("2026-02-01");
  });

  test("the postal code stands in for an unknown commune", async () => {
    const siege = { siret: "91234567500017", code_postal: "20200" };
    expect((await recordWith({ siege })).siege).toMatchObject({ departement: "2B", region: "94" });
  });
});
