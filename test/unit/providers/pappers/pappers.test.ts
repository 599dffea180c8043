import { describe, expect, test } from "vitest";
import ateliers from "../../../fixtures/providers/pappers/ateliers-durand.json" with { type: "json" };
import { answering, ask, KEY, NOW, recordOf, upstream } from "../provider-under-test.ts";

const lookUp = (body: unknown, status = 200) => ask("pappers", upstream(answering(status, body)).http);
const recordWith = async (changes: Record<string, unknown>) =>
  recordOf(await lookUp({ ...ateliers, ...changes }));

describe("request", () => {
  test("sends the key in a header and asks for free fields only", async () => {
    const { http, requests } = upstream(answering(200, ateliers));
    await ask("pappers", http);
    const [request] = requests;
    const url = new URL(request?.url ?? "");
    expect(url.origin + url.pathname).toBe("https://api.pappers.fr/v2/entreprise");
    expect(url.searchParams.get("siren")).toBe("912345675");
    expect(url.searchParams.get("champs_supplementaires")).not.toMatch(/telephone|email|scoring|sites/);
    expect(request?.headers.get("api-key")).toBe(KEY);
    expect(request?.redirect).toBe("manual");
  });
});

describe("credits and failures", () => {
  test.each([
    { status: 200, body: ateliers, expected: { kind: "found", partial: false, credits: 1 } },
    { status: 206, body: { siren: "912345675" }, expected: { kind: "found", partial: true, credits: 1 } },
    {
      status: 404,
      body: { message: "Entreprise inexistante." },
      expected: { kind: "not_found", credits: 0 },
    },
    {
      status: 200,
      body: { siren: 9 },
      expected: { kind: "failed", failure: { reason: "malformed" }, credits: 1 },
    },
    {
      status: 200,
      body: { ...ateliers, siren: "842157968" },
      expected: { kind: "failed", failure: { reason: "malformed" }, credits: 1 },
    },
  ])("$status is $expected.kind for $expected.credits credit", async ({ status, body, expected }) => {
    expect(await lookUp(body, status)).toMatchObject(expected);
  });

  test.each([
    [{ message: "Vous n'avez plus assez de crédits pour effectuer cette requête" }, "quota_exhausted"],
    ["Plus de jetons", "quota_exhausted"],
    ['{"erreur":"Cr\\u00e9dits \\u00e9puis\\u00e9s"}', "quota_exhausted"],
    [{ error: "CREDITS" }, "quota_exhausted"],
    [{ message: "Clé API incorrecte." }, "invalid_key"],
    ["", "invalid_key"],
  ])("401 with %o is %s", async (body, reason) => {
    expect(await lookUp(body, 401)).toMatchObject({ kind: "failed", failure: { reason }, credits: 0 });
  });

  test("a redirection is not followed: it would take the key along", async () => {
    const { http, requests } = upstream(answering(302, "", { location: "https://elsewhere.example/" }));
    expect(await ask("pappers", http)).toMatchObject({ failure: { reason: "rejected" } });
    expect(requests).toHaveLength(1);
  });
});

describe("record", () => {
  test("the documented company", async () => {
    const record = await recordWith({});
    expect(record).toMatchObject({
      as_of: "2026-01-12",
      identite: {
        nom_entreprise: "ATELIERS DURAND",
        statut: "active",
        diffusion: "complete",
        code_naf: "25.62B",
        forme_juridique: { code: "5710", libelle: "SAS" },
        capital: 150_000,
        nombre_etablissements_ouverts: 1,
      },
      siege: {
        adresse: "12 RUE DES FRERES LUMIERE 69800 SAINT-PRIEST",
        code_commune: "69290",
        departement: "69",
        region: "84",
      },
      procedure_collective: null,
    });
    expect(record).not.toHaveProperty("contacts");
  });

  test("establishments; midnight in Paris is the next day", async () => {
    const { etablissements } = await recordWith({});
    expect(etablissements?.map((one) => [one.siege, one.actif, one.date_creation])).toEqual([
      [true, true, "1994-03-01"],
      [false, false, "2011-05-13"],
    ]);
  });

  test("no more than 200 establishments, the open ones first", async () => {
    const etablissements = Array.from({ length: 450 }, (_, index) => ({
      siret: `912345675${String(index).padStart(5, "0")}`,
      etablissement_cesse: index % 3 !== 0,
    }));
    const record = await recordWith({ etablissements });
    expect(record.etablissements).toHaveLength(200);
    expect(record.etablissements?.slice(0, 150).every((one) => one.actif)).toBe(true);
    expect(record.identite?.nombre_etablissements_ouverts).toBe(150);
  });

  test("accounts: figures, and the years withheld", async () => {
    const { exercices } = await recordWith({});
    expect(
      exercices?.map((one) => [one.annee, one.chiffre_affaires, one.confidentialite, one.comptes]),
    ).toEqual([
      [2024, 6_240_000, "publique", "sociaux"],
      [2023, null, "confidentielle", null],
      [2022, null, "partielle", null],
    ]);
    expect(exercices?.[0]).toMatchObject({
      effectif: 34,
      tresorerie: 640_000,
      duree_mois: 12,
      capitaux_propres: null,
    });
  });

  test("officers from both generations of keys, without auditors", async () => {
    const { dirigeants } = await recordWith({});
    expect(
      dirigeants?.map((one) => [one.nom ?? one.denomination, one.qualites, one.annee_naissance]),
    ).toEqual([
      ["DURAND", ["Président"], 1961],
      ["HOLDING MAUREPAS", ["Directeur général"], null],
      ["PETIT", ["Administrateur"], 1970],
    ]);
    expect(dirigeants?.[0]).toMatchObject({ prenoms: "Michel Paul", depuis: "2009-06-30" });
  });

  test("events carry the BODACC identifier", async () => {
    const { evenements } = await recordWith({});
    expect(evenements?.map((event) => [event.type, event.reference, event.titre])).toEqual([
      ["depot_comptes", "C202501214021", "Dépôt des comptes"],
      ["changement_dirigeant", "B2023005542", "Modification"],
    ]);
  });

  test.each([
    ["5720", "SASU, société par actions simplifiée unipersonnelle", "5710"],
    ["5498", "EURL, entreprise unipersonnelle à responsabilité limitée", "5499"],
  ])("own code %s keeps its label under the INSEE code", async (code, libelle, insee) => {
    const record = await recordWith({ categorie_juridique: code, forme_juridique: libelle });
    expect(record.identite?.forme_juridique).toEqual({ code: insee, libelle });
  });

  test.each([
    { type: "Redressement judiciaire", date_fin: null, expected: ["redressement_judiciaire", true] },
    { type: "Liquidation judiciaire", date_fin: "2024-01-01", expected: ["liquidation_judiciaire", false] },
    { type: "Procédure de sauvegarde", date_fin: null, expected: ["sauvegarde", true] },
    { type: "Autre procédure collective", date_fin: null, expected: ["autre", true] },
  ])("procedure: $type", async ({ expected, ...procedure }) => {
    const record = await recordWith({
      procedures_collectives: [{ ...procedure, date_debut: "2023-01-01" }],
      procedure_collective_en_cours: null,
    });
    expect([record.procedure_collective?.type, record.procedure_collective?.en_cours]).toEqual(expected);
  });

  test("a partial answer leaves out what it does not speak of", async () => {
    const record = recordOf(await lookUp({ siren: "912345675", nom_entreprise: "ATELIERS DURAND" }, 206));
    expect(Object.keys(record).toSorted()).toEqual(["as_of", "identite", "siren"]);
    expect(record.identite).not.toHaveProperty("diffusion");
  });
});

describe("contacts", () => {
  const reach = { telephone: "0400000000", email: "contact@ateliers-durand.example" };

  test("are kept when they come", async () => {
    expect((await recordWith(reach)).contacts).toMatchObject([
      { nom: "ATELIERS DURAND", telephone: "0400000000", collected_at: new Date(NOW).toISOString() },
    ]);
  });

  test("are never copied from a company that objects", async () => {
    const record = await recordWith({ ...reach, opposition_utilisation_commerciale: true });
    expect(JSON.stringify(record)).not.toMatch(/0400000000|contact@/);
  });
});

describe("older and thinner answers", () => {
  test("a running procedure is preferred to a later one that ended", async () => {
    const record = await recordWith({
      procedures_collectives: [
        { type: "Liquidation judiciaire", date_debut: "2024-01-01", date_fin: "2024-06-01" },
        { type: "Procédure de sauvegarde", date_debut: "2023-01-01", date_fin: null },
      ],
      procedure_collective_en_cours: true,
    });
    expect(record.procedure_collective).toEqual({
      type: "sauvegarde",
      date_debut: "2023-01-01",
      en_cours: true,
    });
  });

  test("publications: withheld accounts, officers by their list, no identifier, no date", async () => {
    const { evenements } = await recordWith({
      publications_bodacc: [
        {
          type: "Dépôt des comptes",
          date: "2024-06-07",
          descriptif: "avec une déclaration de confidentialité",
        },
        { type: "Modification", date: "2023-06-07", description: null, administration: "Gérant : X" },
        { type: "Achat", date: "2022-06-07", bodacc: "A", numero_parution: "20220001", numero_annonce: null },
        { type: "Vente", date: null },
      ],
    });
    expect(evenements?.map((event) => [event.type, event.reference])).toEqual([
      ["depot_comptes", null],
      ["comptes_confidentiels", null],
      ["changement_dirigeant", null],
      ["divers", null],
    ]);
  });

  test("accounts without a year, without a closing date, or consolidated", async () => {
    const { exercices } = await recordWith({
      finances: [
        { annee: null, date_de_cloture_exercice: "2021-06-30", chiffre_affaires: 5 },
        { annee: 2020, date_de_cloture_exercice: null, chiffre_affaires: 4, effectif: -1 },
        { annee: null, date_de_cloture_exercice: null, chiffre_affaires: 3 },
      ],
      comptes: [{ date_cloture: "2021-06-30", confidentialite: null, type_comptes: "K" }],
    });
    expect(exercices?.map((one) => [one.annee, one.chiffre_affaires, one.comptes, one.effectif])).toEqual([
      [2021, 5, "consolides", null],
      [2020, 4, null, null],
    ]);
  });

  test("a head office without a street or codes is placed by its postal code", async () => {
    const { siege } = await recordWith({
      siege: { siret: "912 345 675 00017", code_postal: "97410", ville: "X" },
    });
    expect(siege).toMatchObject({ siret: "91234567500017", adresse: null, departement: "974", region: "04" });
  });

  test("without processing dates, dated by the latest register", async () => {
    expect((await recordWith({ dernier_traitement: null })).as_of).toBe("2026-11-18");
  });
});
