import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import path from "node:path";
import { EXAMPLE_SIRENS } from "../../../../local/sandbox/example-sirens.ts";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { RESERVED_SIRENS } from "../../../../src/domain/companies/reserved-sirens.ts";
import { SandboxClient, parsed, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());

type Whole = Awaited<ReturnType<SandboxClient["whole"]>>;

const TRAITS: Record<keyof typeof EXAMPLE_SIRENS, (company: Whole) => boolean> = {
  holding_president: ({ recherche }) => recherche.dirigeants[0].type_dirigeant === "personne morale",
  accounts_confidential: ({ pappers }) => pappers.finances.length === 0 && pappers.comptes.length > 0,
  corsica: ({ recherche }) => recherche.siege.departement === "2A",
  bodacc_rectified: ({ notices }) => notices.some((one: Json) => one.typeavis === "rectificatif"),
  auditor_among_officers: ({ recherche }) =>
    recherche.dirigeants.some((one: Json) => /commissaire/i.test(one.qualite ?? "")),
  ratios_as_text: ({ ratios }) => typeof ratios[0].chiffre_d_affaires === "string",
  turnover_missing_one_year: ({ pappers }) => pappers.finances[1].chiffre_affaires === null,
  bodacc_parsed_objects: ({ notices }) =>
    notices.some((one: Json) => typeof one.depot === "object" && one.depot),
  income_statement_confidential: ({ ratios }) => Number(ratios[0].chiffre_d_affaires) === 0,
  officer_twice: ({ recherche }) => recherche.dirigeants.some((one: Json) => one.nationalite === "FRANCAISE"),
  partial_diffusion_legal_person: ({ recherche }) =>
    recherche.statut_diffusion === "P" && recherche.nature_juridique !== "1000",
  loss: ({ pappers }) => pappers.finances[0].resultat < 0,
  bodacc_cancelled: ({ notices }) => notices.some((one: Json) => one.typeavis === "annulation"),
  bodacc_person_array: ({ notices }) =>
    notices.some((one: Json) => Array.isArray(parsed(one.listepersonnes ?? "{}").personne)),
  sole_trader: ({ recherche }) => recherche.nature_juridique === "1000",
  recherche_empty_siege: ({ recherche }) => Object.keys(recherche.siege).length === 0,
  business_sale_with_price: ({ notices }) => notices.some((one: Json) => one.familleavis === "vente"),
  reunion: ({ recherche }) => recherche.siege.departement === "974",
  procedure_open: ({ pappers }) => pappers.procedure_collective_en_cours,
  consolidated_accounts: ({ ratios }) => ratios.some((one: Json) => one.type_bilan === "K"),
  mid_size_company: ({ recherche }) => recherche.categorie_entreprise === "ETI",
  struck_off: ({ recherche, pappers }) =>
    recherche.etat_administratif === "C" && pappers.statut_rcs === "Radié",
  bodacc_french_date: ({ notices }) =>
    notices.some((one: Json) => one.jugement && !/^\d{4}/.test(parsed(one.jugement).date)),
  officer_without_siren: ({ recherche }) => recherche.dirigeants.some((one: Json) => one.siren === null),
  procedure_closed: ({ pappers }) =>
    pappers.procedure_collective_existe && !pappers.procedure_collective_en_cours,
};

test.each(Object.entries(EXAMPLE_SIRENS))("%s is %s", async (name, siren) => {
  const trait = Object.entries(TRAITS).find(([key]) => key === name)?.[1];
  expect(trait?.(await client.whole(siren))).toBeTruthy();
});

test("the guide lists them all, and the root answer too", async () => {
  const guide = readFileSync(path.resolve(import.meta.dirname, "../../../../docs/sandbox.md"), "utf8");
  for (const siren of [...Object.values(EXAMPLE_SIRENS), ...Object.values(RESERVED_SIRENS)]) {
    expect(guide).toContain(siren);
  }
  const root: Json = await client.json("/");
  expect(root.examples).toEqual(EXAMPLE_SIRENS);
  for (const prefix of root.prefixes) expect(guide).toContain(prefix);
});

test("an unknown path says which prefixes exist", async () => {
  const response = await client.get("/nope");
  expect(response.status).toBe(404);
  expect(response.headers.get("X-Sandbox")).toBe("synthetic");
  expect(((await response.json()) as Json).prefixes).toHaveLength(7);
});
