import { describe, expect, test } from "vitest";
import { EXAMPLE_SIRENS } from "../../../../local/sandbox/example-sirens.ts";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { SandboxClient, sirensFrom, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());

async function company(siren: string, extra = ""): Promise<Json> {
  return (await client.entreprise(siren, extra)).json();
}

async function used(key: string, from = client): Promise<number> {
  const balance: Json = await (await from.pappers("/suivi-jetons", key)).json();
  return balance.jetons_abonnement_utilises;
}

describe("keys", () => {
  test("in the header or, still, in the query", async () => {
    expect((await client.get("/pappers/v2/entreprise?siren=912345675", { "api-key": "k" })).status).toBe(200);
    expect((await client.get("/pappers/v2/entreprise?siren=912345675&api_token=k")).status).toBe(200);
  });

  test("a wrong key and a key without credits both answer 401; only the words differ", async () => {
    const none = await client.get("/pappers/v2/entreprise?siren=912345675");
    const bad = await client.pappers("/entreprise?siren=912345675", "bad-key");
    const spent = await client.pappers("/entreprise?siren=912345675", "no-credits");
    expect([none.status, bad.status, spent.status]).toEqual([401, 401, 401]);
    expect(((await bad.json()) as Json).message).toBe("Clé API incorrecte.");
    expect(((await spent.json()) as Json).message).toBe(
      "Vous n'avez plus assez de crédits pour effectuer cette requête",
    );
    const balance: Json = await (await client.pappers("/suivi-jetons", "no-credits")).json();
    expect(balance.jetons_abonnement_utilises).toBe(balance.jetons_abonnement);
  });
});

describe("/entreprise", () => {
  test.each(["", "?siren=912345675&siret=91234567500017", "?siren=912345676", "?siret=123", "?siren=abc"])(
    "%j names no company properly: 400",
    async (query) => {
      const response = await client.pappers(`/entreprise${query}`);
      expect(response.status).toBe(400);
      expect(((await response.json()) as Json).message).toBe("Paramètres de la requête incorrects.");
    },
  );

  test("by SIRET, the one establishment", async () => {
    const body: Json = await (await client.pappers("/entreprise?siret=91234567500025")).json();
    expect(body.etablissement.nic).toBe("00025");
    expect(body).not.toHaveProperty("etablissements");
    expect(body.siege.nic).toBe("00017");
    expect((await client.pappers("/entreprise?siret=91234567599999")).status).toBe(404);
  });

  test("roles come under the old name, the new one, or both", async () => {
    const seen = new Set<string>();
    for (const siren of sirensFrom(45_000_000, 80)) {
      const { representants } = await company(siren);
      for (const one of representants) {
        seen.add(`${"qualite" in one}/${"qualites" in one}`);
        expect([one.qualites ?? [one.qualite]].flat()).toHaveLength(1);
        expect("qualite" in one).toBe(one.personne_morale ? "qualite" in one : "code_nationalite" in one);
      }
    }
    expect([...seen].sort()).toEqual(["false/true", "true/false", "true/true"]);
  });

  test("confidential accounts: nothing in finances, flagged deposits", async () => {
    const { finances, comptes } = await company(EXAMPLE_SIRENS.accounts_confidential);
    expect(finances).toEqual([]);
    expect(comptes[0]).toMatchObject({ confidentialite: true, disponible: false });
    const partial = await company(EXAMPLE_SIRENS.income_statement_confidential);
    expect(partial.finances[0]).toMatchObject({ chiffre_affaires: null, excedent_brut_exploitation: null });
    expect(partial.finances[0].resultat).toBeTypeOf("number");
  });

  test("public accounts may lack their turnover", async () => {
    const { finances } = await company(EXAMPLE_SIRENS.turnover_missing_one_year);
    expect(finances[1].chiffre_affaires).toBeNull();
    expect(finances[1].excedent_brut_exploitation).toBeTypeOf("number");
    expect(finances[0].taux_croissance_chiffre_affaires).toBeNull();
  });

  test("procedures, open and closed", async () => {
    const open = await company(EXAMPLE_SIRENS.procedure_open);
    expect(open).toMatchObject({ procedure_collective_existe: true, procedure_collective_en_cours: true });
    expect(open.procedures_collectives[0].date_fin).toBeNull();
    expect(open.procedures_collectives[0].publications_bodacc.length).toBeGreaterThan(0);
    const closed = await company(EXAMPLE_SIRENS.procedure_closed);
    expect(closed).toMatchObject({ procedure_collective_existe: true, procedure_collective_en_cours: false });
    expect(closed.procedures_collectives[0].date_fin).toMatch(/^\d{4}-/);
  });

  test("partial diffusion: not for prospecting, no names, no address", async () => {
    const body = await company(EXAMPLE_SIRENS.partial_diffusion_legal_person);
    expect(body).toMatchObject({
      diffusable: false,
      opposition_utilisation_commerciale: true,
      nom_entreprise: null,
      denomination: null,
      representants: [],
      siege: { diffusion_partielle: true, adresse_ligne_1: null, code_postal: null, latitude: null },
    });
    expect(JSON.stringify(body)).not.toContain("FICTIF");
  });

  test("single-owner companies carry codes of its own", async () => {
    const codes = new Map<string, Set<string>>();
    for (const siren of sirensFrom(46_000_000, 200)) {
      const [{ categorie_juridique }, { nature_juridique }] = await Promise.all([
        company(siren),
        client.found(siren),
      ]);
      codes.set(nature_juridique, (codes.get(nature_juridique) ?? new Set()).add(categorie_juridique));
    }
    expect(codes.get("5710")).toEqual(new Set(["5710", "5720"]));
    expect(codes.get("5499")).toEqual(new Set(["5499", "5498"]));
  });
});

describe("champs_supplementaires", () => {
  const ALL = "&champs_supplementaires=lien_linkedin,telephone,email,sites_internet,categorie_entreprise";

  test("come when asked and never otherwise", async () => {
    const plain = await company("912345675");
    const full = await company("912345675", `${ALL},code_commune,code_region`);
    for (const key of ["lien_linkedin", "telephone", "email", "sites_internet", "categorie_entreprise"]) {
      expect(plain).not.toHaveProperty(key);
      expect(full).toHaveProperty(key);
    }
    expect(full).toMatchObject({
      lien_linkedin: "https://www.linkedin.com/company/ateliers-durand",
      telephone: expect.stringMatching(/^019900\d{4}$/),
      categorie_entreprise: "PME",
      siege: { code_commune: "69290", code_region: "84" },
    });
    expect(plain.siege).not.toHaveProperty("code_commune");
  });

  test("are billed when there is something to give", async () => {
    const fresh = new SandboxClient(createSandbox());
    await fresh.pappers("/entreprise?siren=912345675", "one");
    expect(await used("one", fresh)).toBe(1);
    await fresh.pappers(`/entreprise?siren=912345675${ALL}`, "one");
    expect(await used("one", fresh)).toBe(1 + 1 + 3 + 3 + 3 + 1);
    expect(await used("two", fresh)).toBe(0);
    await fresh.pappers("/entreprise?siren=000000000", "two");
    await fresh.pappers("/entreprise?siren=999000003", "two");
    expect(await used("two", fresh)).toBe(0);
    for (const siren of sirensFrom(47_000_000, 40)) {
      const before = await used("three", fresh);
      const body: Json = await (await fresh.pappers(`/entreprise?siren=${siren}${ALL}`, "three")).json();
      const given = [body.lien_linkedin, body.telephone, body.email].filter(Boolean).length * 3;
      expect((await used("three", fresh)) - before).toBe(
        1 + given + (body.sites_internet.length > 0 ? 1 : 0),
      );
    }
  });
});

describe("/recherche", () => {
  test("criteria narrow, results are billed a tenth each", async () => {
    const fresh = new SandboxClient(createSandbox());
    const body: Json = await (await fresh.pappers("/recherche?departement=69&par_page=20", "one")).json();
    expect(body.page).toBe(1);
    expect(body.resultats.length).toBe(20);
    expect(await used("one", fresh)).toBe(2);
    const durand = body.resultats.find((one: Json) => one.siren === "912345675");
    expect(durand).toMatchObject({
      annee_finances: "2024",
      chiffre_affaires: 6_240_000,
      nb_dirigeants_total: 2,
    });
  });

  test("ages, amounts and dates (JJ-MM-AAAA) are criteria", async () => {
    const old: Json = await (
      await client.pappers(
        "/recherche?age_dirigeant_min=55&chiffre_affaires_min=1000000&date_creation_max=31-12-1999&par_page=50",
      )
    ).json();
    expect(old.total).toBeGreaterThan(0);
    for (const one of old.resultats) {
      expect(one.chiffre_affaires).toBeGreaterThanOrEqual(1_000_000);
      expect(one.date_creation <= "1999-12-31").toBe(true);
    }
  });

  test("nothing matches: 404 for some words, an empty list for others", async () => {
    const answers = new Map<number, unknown>();
    for (const word of ["zzzza", "zzzzb", "zzzzc", "zzzzd"]) {
      const response = await client.pappers(`/recherche?q=${word}`);
      answers.set(response.status, await response.json());
    }
    expect(new Set(answers.keys())).toEqual(new Set([200, 404]));
    expect(answers.get(200)).toEqual({ resultats: [], total: 0 });
  });

  test("pages stop at 400 results, the cursor goes through them all", async () => {
    expect((await client.pappers("/recherche?par_page=100&page=5")).status).toBe(400);
    expect((await client.pappers("/recherche?par_page=101")).status).toBe(400);
    expect((await client.pappers("/recherche?curseur=bogus!")).status).toBe(400);
    const sirens = new Set<string>();
    let cursor: string | undefined = "*";
    let total = 0;
    while (cursor !== undefined) {
      const path: string = `/recherche?curseur=${encodeURIComponent(cursor)}&par_curseur=300`;
      const body: Json = await (await client.pappers(path)).json();
      for (const one of body.resultats) sirens.add(one.siren);
      total = body.total;
      cursor = body.curseurSuivant;
    }
    expect(sirens.size).toBe(total);
    expect(total).toBeGreaterThan(400);
  });
});

describe("/entreprise/comptes", () => {
  test("by year, equity in the balance sheet", async () => {
    const body: Json = await (await client.pappers("/entreprise/comptes?siren=912345675")).json();
    expect(Object.keys(body)).toEqual(["2022", "2023", "2024"]);
    const [account] = body["2024"];
    expect(account).toMatchObject({ type_comptes: "C", "date_cloture_n-1": "2023-12-31" });
    const lines = account.sections.flatMap((one: Json) => one.liasses);
    expect(lines.find((one: Json) => one.code === "DL").colonnes[0].valeur).toBe(2_340_000);
  });

  test("a year may hold several accounts, and years can be chosen", async () => {
    const siren = EXAMPLE_SIRENS.consolidated_accounts;
    const all: Json = await (await client.pappers(`/entreprise/comptes?siren=${siren}`)).json();
    const [year] = Object.keys(all);
    expect(all[year ?? ""].map((one: Json) => one.type_comptes)).toEqual(["C", "K"]);
    const one: Json = await (await client.pappers(`/entreprise/comptes?siren=${siren}&annee=${year}`)).json();
    expect(Object.keys(one)).toEqual([year]);
    expect((await client.pappers("/entreprise/comptes")).status).toBe(400);
    expect((await client.pappers("/entreprise/comptes?siren=000000018")).status).toBe(200);
  });
});

test("routes that do not exist are 404", async () => {
  expect((await client.pappers("/comptes?siren=912345675")).status).toBe(404);
});
