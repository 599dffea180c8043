import { describe, expect, test } from "vitest";
import { EXAMPLE_SIRENS } from "../../../../local/sandbox/example-sirens.ts";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { SandboxClient, sirensFrom, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());

async function erreur(parameters: Record<string, string>): Promise<string> {
  const response = await client.search(parameters);
  expect(response.status).toBe(400);
  const body: Json = await response.json();
  expect(Object.keys(body)).toEqual(["erreur"]);
  return body.erreur;
}

describe("parameters", () => {
  test.each([
    [{}, "Veuillez indiquer au moins un paramètre de recherche."],
    [{ q: "" }, "Veuillez indiquer au moins un paramètre de recherche."],
    [{ qs: "x" }, "Veuillez indiquer au moins un paramètre de recherche."],
    [{ page: "2" }, "Veuillez indiquer au moins un paramètre de recherche."],
    [{ q: "ab" }, "3 caractères minimum pour les termes de la requête (ou utilisez au moins un filtre)"],
    [
      { q: "abc", per_page: "0" },
      "Veuillez indiquer un paramètre `per_page` entre `1` et `25`, par défaut `10`.",
    ],
    [
      { q: "abc", per_page: "26" },
      "Veuillez indiquer un paramètre `per_page` entre `1` et `25`, par défaut `10`.",
    ],
    [
      { q: "abc", page: "10001" },
      "Veuillez indiquer un paramètre `page` entre `1` et `1000`, par défaut `1`.",
    ],
    [{ q: "abc", page: "x" }, "Veuillez indiquer un paramètre `page` entre `1` et `1000`, par défaut `1`."],
    [{ q: "abc", code_postal: "ABCDE" }, "Au moins une valeur du paramètre code_postal est non valide."],
    [{ code_commune: "1" }, "Au moins une valeur du paramètre code_commune est non valide."],
    [{ ca_min: "1234 GH" }, "Veuillez indiquer un paramètre `ca_min` entier."],
    [
      { etat_administratif: "B" },
      "Le paramètre `etat_administratif` doit prendre une des valeurs suivantes ['A', 'C'].",
    ],
    [{ est_rge: "oui" }, "est_rge doit prendre la valeur 'true' ou 'false' !"],
    [{ id_finess: "12" }, "Le paramètre `id_finess` doit contenir 9 caractères."],
    [
      { date_naissance_personne_min: "01/02/1990" },
      "Veuillez indiquer une date sous le format : aaaa-mm-jj. Exemple : '1990-01-02'",
    ],
    [
      { date_naissance_personne_min: "1990-01-02", date_naissance_personne_max: "1980-01-02" },
      "Veuillez indiquer une date minimale inférieure à la date maximale.",
    ],
    [
      { q: "abc", include: "siege" },
      "Veuillez indiquer si vous souhaitez une réponse minimale avec le filtre `minimal=True`` avant de préciser les champs à inclure.",
    ],
  ])("%j is refused in its own words", async (parameters, message) => {
    expect(await erreur(parameters as Record<string, string>)).toBe(message);
  });

  test("lists of valid values come with the refusal", async () => {
    expect(await erreur({ activite_principale: "25.53Y" })).toMatch(
      /^Au moins un paramètre `activite_principale` est non valide\. Les valeurs valides : \['01\.11Z', .*\]\.$/,
    );
    expect(await erreur({ departement: "20" })).toContain("'2A', '2B'");
    expect(await erreur({ q: "abc", minimal: "true", include: "nope" })).toMatch(
      /^Au moins un champ à inclure est non valide\. Les champs valides : \['complements', /,
    );
  });

  test("a deep page is refused", async () => {
    expect(await erreur({ q: "abc", page: "1000", per_page: "25" })).toContain("10 000");
  });

  test("two letters with a filter are fine", async () => {
    expect((await client.search({ q: "at", departement: "69" })).status).toBe(200);
  });
});

describe("identifiers", () => {
  test("a SIREN, with or without spaces, makes filters void", async () => {
    const response = await client.search({ q: "912 345 675", departement: "75", etat_administratif: "C" });
    const body: Json = await response.json();
    expect(body).toMatchObject({ total_results: 1, page: 1, per_page: 10, total_pages: 1 });
    expect(body.results[0].siren).toBe("912345675");
  });

  test.each(["000000000", "912345676", "999000003"])("%s is nobody's: 200 and empty", async (siren) => {
    const response = await client.search({ q: siren });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      results: [],
      total_results: 0,
      page: 1,
      per_page: 10,
      total_pages: 0,
    });
  });

  test("a SIRET gives exactly that establishment", async () => {
    const body: Json = await (await client.search({ q: "91234567500025" })).json();
    const [company] = body.results;
    expect(company.matching_etablissements.map((one: Json) => one.siret)).toEqual(["91234567500025"]);
    expect(company.matching_etablissements[0]).toMatchObject({
      etat_administratif: "F",
      ancien_siege: false,
    });
    expect(company.matching_etablissements[0]).not.toHaveProperty("libelle_voie");
    const none: Json = await (await client.search({ q: "91234567599999" })).json();
    expect(none.total_results).toBe(0);
  });
});

describe("searching the directory", () => {
  test("words and filters narrow, pages follow each other", async () => {
    const all: Json = await (await client.search({ departement: "69", per_page: "25" })).json();
    expect(all.total_results).toBeGreaterThan(20);
    for (const company of all.results) expect(company.siege.departement ?? "69").toBe("69");
    const second: Json = await (await client.search({ departement: "69", per_page: "5", page: "2" })).json();
    expect(second.results.map((one: Json) => one.siren)).toEqual(
      all.results.slice(5, 10).map((one: Json) => one.siren),
    );
    const durand: Json = await (await client.search({ q: "ateliers durand" })).json();
    expect(durand.results[0].siren).toBe("912345675");
  });

  test("amounts, people and booleans are criteria", async () => {
    const rich: Json = await (await client.search({ ca_min: "10000000", per_page: "25" })).json();
    expect(rich.total_results).toBeGreaterThan(0);
    const people: Json = await (
      await client.search({ nom_personne: "durand", prenoms_personne: "michel" })
    ).json();
    expect(people.results.map((one: Json) => one.siren)).toContain("912345675");
    const traders: Json = await (await client.search({ est_entrepreneur_individuel: "true" })).json();
    for (const one of traders.results) expect(one.nature_juridique).toBe("1000");
    const none: Json = await (await client.search({ est_bio: "true" })).json();
    expect(none.total_results).toBe(0);
    const closed: Json = await (await client.search({ etat_administratif: "C" })).json();
    for (const one of closed.results) expect(one.etat_administratif).toBe("C");
  });
});

describe("shapes", () => {
  test("minimal drops the nested blocks but those included", async () => {
    const body: Json = await (
      await client.search({ q: "912345675", minimal: "True", include: "siege,score" })
    ).json();
    const [company] = body.results;
    expect(company).toHaveProperty("siege.siret");
    expect(company).toHaveProperty("score");
    for (const block of ["dirigeants", "finances", "complements", "tva", "matching_etablissements"]) {
      expect(company).not.toHaveProperty(block);
    }
  });

  test("include_admin adds capital, procedure and every establishment", async () => {
    const body: Json = await (
      await client.search({
        q: EXAMPLE_SIRENS.procedure_open,
        include_admin: "etablissements,immatriculation,bodacc,admin",
      })
    ).json();
    const [company] = body.results;
    expect(company.bodacc.procedure_collective.statut).toMatch(/sauvegarde|judiciaire/);
    expect(company.immatriculation.capital_social).toBeGreaterThan(0);
    expect(company.etablissements).toHaveLength(company.nombre_etablissements);
    expect(company.admin.slug).toContain(EXAMPLE_SIRENS.procedure_open);
    expect(await client.found(EXAMPLE_SIRENS.procedure_open)).not.toHaveProperty("bodacc");
  });

  test("an unknown head office is an empty object", async () => {
    expect((await client.found(EXAMPLE_SIRENS.recherche_empty_siege)).siege).toEqual({});
  });

  test("a person may come twice under two spellings", async () => {
    const { dirigeants } = await client.found(EXAMPLE_SIRENS.officer_twice);
    const people = dirigeants.filter((one: Json) => one.type_dirigeant === "personne physique");
    const births = people.map((one: Json) => one.date_de_naissance);
    expect(new Set(births).size).toBeLessThan(births.length);
  });

  test("auditors come among officers, and legal persons without SIREN or role", async () => {
    const audited = await client.found(EXAMPLE_SIRENS.auditor_among_officers);
    expect(audited.dirigeants.some((one: Json) => /commissaire aux comptes/i.test(one.qualite))).toBe(true);
    const odd = await client.found(EXAMPLE_SIRENS.officer_without_siren);
    expect(odd.dirigeants).toContainEqual({
      siren: null,
      denomination: expect.stringContaining("INDIVISION"),
      qualite: null,
      type_dirigeant: "personne morale",
    });
  });

  test("finances: none when confidential, no turnover when only the result shows", async () => {
    expect((await client.found(EXAMPLE_SIRENS.accounts_confidential)).finances).toBeNull();
    const { finances } = await client.found(EXAMPLE_SIRENS.income_statement_confidential);
    const [latest]: Json[] = Object.values(finances);
    expect(latest.ca).toBeNull();
    expect(latest.resultat_net).toBeTypeOf("number");
  });

  test("consolidated figures win over the company's own", async () => {
    const siren = EXAMPLE_SIRENS.consolidated_accounts;
    const { recherche, pappers } = await client.whole(siren);
    const [latest]: Json[] = Object.values(recherche.finances);
    expect(latest.ca).toBeGreaterThan(pappers.finances[0].chiffre_affaires);
  });

  test("a partially diffused legal person keeps its name, loses address and officers", async () => {
    const company = await client.found(EXAMPLE_SIRENS.partial_diffusion_legal_person);
    expect(company).toMatchObject({ statut_diffusion: "P", sigle: "[NON-DIFFUSIBLE]" });
    expect(company.nom_complet).toMatch(/\(FICTIF\)$/);
    for (const key of ["adresse", "code_postal", "latitude", "longitude", "coordonnees", "libelle_voie"]) {
      expect(company.siege[key]).toBe("[NON-DIFFUSIBLE]");
    }
    expect(company.siege.commune).toMatch(/^\w{5}$/);
    const people = company.dirigeants.filter((one: Json) => one.type_dirigeant === "personne physique");
    for (const officer of people) expect(officer.nom).toBe("[NON-DIFFUSIBLE]");
  });
});

test("other paths do not exist; health and HEAD do", async () => {
  const unknown = await client.get("/recherche-entreprises/entreprises/912345675");
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toEqual({ erreur: "Ressource non trouvée." });
  expect(await client.json("/recherche-entreprises/health")).toEqual({ status: "ok" });
  const head = await client.app.request("/recherche-entreprises/search?q=912345675", { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(head.headers.get("X-Sandbox")).toBe("synthetic");
});

test("every base key is there for every company", async () => {
  const keys = Object.keys(await client.found("912345675")).sort();
  for (const siren of sirensFrom(70_000_000, 200)) {
    expect(Object.keys(await client.found(siren)).sort()).toEqual(keys);
  }
});
