import { describe, expect, test } from "vitest";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { RESERVED_SIRENS } from "../../../../src/domain/companies/reserved-sirens.ts";
import { SandboxClient, parsed, type Json } from "./sandbox-client.ts";

const slept: number[] = [];
const client = new SandboxClient(
  createSandbox({
    sleep: async (ms) => {
      slept.push(ms);
    },
  }),
);

/** One call to each provider about the SIREN. */
const CALLS: Record<string, (siren: string) => Promise<Response>> = {
  recherche_entreprises: (siren) => client.search({ q: siren }),
  insee: (siren) => client.insee(`/siren/${siren}`),
  bodacc: (siren) => client.bodacc(siren),
  ratios_inpi: (siren) => client.ratios(siren),
  pappers: (siren) => client.entreprise(siren),
  kaspr: (siren) => client.profile({ id: `anne-roux-${siren}`, name: "Anne Roux", dataToGet: ["workEmail"] }),
};

async function statuses(siren: string): Promise<Record<string, number>> {
  const entries = Object.entries(CALLS).map(
    async ([name, call]) => [name, (await call(siren)).status] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

const ALL_WELL = {
  recherche_entreprises: 200,
  insee: 200,
  bodacc: 200,
  ratios_inpi: 200,
  pappers: 200,
  kaspr: 200,
};

describe("reserved SIRENs", () => {
  test("not_found, in each provider's own way", async () => {
    const siren = RESERVED_SIRENS.not_found;
    expect(await statuses(siren)).toEqual({ ...ALL_WELL, insee: 404, pappers: 404, kaspr: 404 });
    expect(await client.found(siren)).toBeUndefined();
    expect(await (await client.bodacc(siren)).json()).toEqual({ total_count: 0, results: [] });
    expect(await (await client.ratios(siren)).json()).toEqual({ total_count: 0, results: [] });
  });

  test("partial: Pappers 206, parts missing", async () => {
    const siren = RESERVED_SIRENS.partial;
    expect(await statuses(siren)).toEqual({ ...ALL_WELL, pappers: 206 });
    const body: Json = await (await client.entreprise(siren)).json();
    expect(body.nom_entreprise).toMatch(/\(FICTIF\)$/);
    expect(body.representants.length).toBeGreaterThan(0);
    for (const key of ["finances", "comptes", "publications_bodacc", "procedures_collectives"]) {
      expect(body).not.toHaveProperty(key);
    }
  });

  test("rate_limited: 429 and Retry-After: 2 from all", async () => {
    for (const [name, call] of Object.entries(CALLS)) {
      const response = await call(RESERVED_SIRENS.rate_limited);
      expect([name, response.status, response.headers.get("Retry-After")]).toEqual([name, 429, "2"]);
    }
    const html = await client.search({ q: RESERVED_SIRENS.rate_limited });
    expect(html.headers.get("Content-Type")).toContain("text/html");
  });

  test("unavailable: 500 from all", async () => {
    const answers = Object.values(await statuses(RESERVED_SIRENS.unavailable));
    expect(new Set(answers)).toEqual(new Set([500]));
    expect(await (await client.search({ q: RESERVED_SIRENS.unavailable })).json()).toEqual({
      erreur: "Une erreur inattendue s'est produite. Veuillez réessayer plus tard.",
    });
  });

  test("slow: the right answer, 20 seconds late", async () => {
    slept.length = 0;
    expect(await statuses(RESERVED_SIRENS.slow)).toEqual(ALL_WELL);
    expect(slept).toEqual([20_000, 20_000, 20_000, 20_000, 20_000, 20_000]);
  });

  test("malformed: 200 with JSON that stops in the middle", async () => {
    for (const [name, call] of Object.entries(CALLS)) {
      const response = await call(RESERVED_SIRENS.malformed);
      expect([name, response.status]).toEqual([name, 200]);
      expect(response.headers.get("X-Sandbox")).toBe("synthetic");
      const text = await response.text();
      expect(text.startsWith("{")).toBe(true);
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
    }
  });

  test("no_credits: Pappers alone, whatever the key", async () => {
    const siren = RESERVED_SIRENS.no_credits;
    expect(await statuses(siren)).toEqual({ ...ALL_WELL, pappers: 401 });
    expect(((await (await client.entreprise(siren)).json()) as Json).message).toBe(
      "Vous n'avez plus assez de crédits pour effectuer cette requête",
    );
  });

  test("confidential_accounts: no figures, and a notice that says why", async () => {
    const siren = RESERVED_SIRENS.confidential_accounts;
    expect(await statuses(siren)).toEqual(ALL_WELL);
    const { recherche, pappers, notices, ratios } = await client.whole(siren);
    expect(recherche.finances).toBeNull();
    expect(pappers.finances).toEqual([]);
    expect(pappers.comptes[0].confidentialite).toBe(true);
    const deposit = notices.find((one: Json) => one.familleavis === "dpc");
    expect(parsed(deposit.depot).descriptif).toContain("déclaration de confidentialité");
    expect(Number(ratios[0].chiffre_d_affaires)).toBe(0);
    expect(ratios[0].confidentiality).toBe("Partiellement confidentiel");
  });

  test("complete: every provider knows it, with accounts, officers and notices", async () => {
    const siren = RESERVED_SIRENS.complete;
    expect(await statuses(siren)).toEqual(ALL_WELL);
    const { pappers, notices, ratios } = await client.whole(siren);
    for (const list of [pappers.finances, pappers.representants, notices, ratios]) {
      expect(list.length).toBeGreaterThan(0);
    }
  });

  test("partial_diffusion: masked as each provider masks", async () => {
    const siren = RESERVED_SIRENS.partial_diffusion;
    expect(await statuses(siren)).toEqual(ALL_WELL);
    const { recherche, unit, pappers, notices } = await client.whole(siren);
    expect(recherche).toMatchObject({
      statut_diffusion: "P",
      nom_complet: "[NON-DIFFUSIBLE]",
      sigle: "[NON-DIFFUSIBLE]",
      siege: { code_postal: "[NON-DIFFUSIBLE]", latitude: "[NON-DIFFUSIBLE]" },
    });
    expect(unit).toMatchObject({ statutDiffusionUniteLegale: "P", prenom1UniteLegale: "[ND]" });
    expect(unit.periodesUniteLegale[0].nomUniteLegale).toBe("[ND]");
    expect(pappers).toMatchObject({ diffusable: false, nom_entreprise: null, nom: null, prenom: null });
    expect(notices).toEqual([]);
    const siret: Json = await (await client.insee(`/siret/${pappers.siege.siret}`)).json();
    expect(siret.etablissement.adresseEtablissement).toMatchObject({
      libelleVoieEtablissement: "[ND]",
      codePostalEtablissement: "[ND]",
      codeCommuneEtablissement: expect.stringMatching(/^\w{5}$/),
    });
  });
});
