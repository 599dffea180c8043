import { assert, asyncProperty, integer } from "fast-check";
import { describe, expect, test } from "vitest";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { RESERVED_SIRENS } from "../../../../src/domain/companies/reserved-sirens.ts";
import { passesLuhn } from "../../../../src/domain/companies/siren.ts";
import { parsed, sirensFrom, SandboxClient, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());
const reserved = new Set<string>([...Object.values(RESERVED_SIRENS), "912345675", "000000000"]);
const anySiren = integer({ min: 1, max: 99_999_999 })
  .map((digits) => sirensFrom(digits, 1)[0] ?? "")
  .filter((siren) => !reserved.has(siren));

const REFERENCE_YEAR = 2026;

function upper(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toUpperCase();
}

function latestResult(company: Json): number {
  const [latest]: Json[] = Object.values(company.finances ?? {});
  return latest?.resultat_net ?? 0;
}

/** Turnover and result of one row of ratios, its 0 for "confidential" undone. */
function figuresOfRow(row: Json) {
  const shown = row.confidentiality === "Public" && row.chiffre_d_affaires !== null;
  return {
    ca: shown ? Number(row.chiffre_d_affaires) : null,
    resultat_net: Number(row.resultat_net),
  };
}

function figuresAt(pappers: Json, year: string) {
  const exercise = pappers.finances.find((one: Json) => String(one.annee) === year);
  return { ca: exercise.chiffre_affaires, resultat_net: exercise.resultat };
}

describe("one SIREN, one story", () => {
  test("the same answers from two sandboxes, byte for byte", async () => {
    const other = new SandboxClient(createSandbox());
    for (const siren of sirensFrom(31_000_000, 60)) {
      const [mine, theirs] = await Promise.all([client.whole(siren), other.whole(siren)]);
      expect(JSON.stringify(mine)).toBe(JSON.stringify(theirs));
    }
  });

  test("identity agrees between the registers and Pappers", async () => {
    await assert(
      asyncProperty(anySiren, async (siren) => {
        const { recherche, unit, pappers } = await client.whole(siren);
        expect(recherche.siren).toBe(siren);
        expect(unit.dateCreationUniteLegale).toBe(recherche.date_creation);
        expect(pappers.date_creation).toBe(recherche.date_creation);
        const current = unit.periodesUniteLegale.find((period: Json) => period.dateFin === null);
        expect(current.etatAdministratifUniteLegale).toBe(recherche.etat_administratif);
        expect(current.activitePrincipaleUniteLegale).toBe(recherche.activite_principale);
        expect(pappers.code_naf).toBe(recherche.activite_principale);
        expect(current.categorieJuridiqueUniteLegale).toBe(recherche.nature_juridique);
        expect(pappers.entreprise_cessee).toBe(recherche.etat_administratif === "C");
        expect(unit.trancheEffectifsUniteLegale ?? "NN").toBe(recherche.tranche_effectif_salarie);
        expect(pappers.tranche_effectif ?? "NN").toBe(recherche.tranche_effectif_salarie);
        expect(siren + current.nicSiegeUniteLegale).toBe(pappers.siege.siret);
        expect(passesLuhn(pappers.siege.siret)).toBe(true);
        expect(unit.activitePrincipaleNAF25UniteLegale).toBe(recherche.activite_principale_naf25);
        expect(recherche.activite_principale).toMatch(/^\d\d\.\d\d[A-FZ]$/);
        expect(recherche.activite_principale_naf25 ?? "00.00Y").toMatch(/^\d\d\.\d\d[YGHJKL]$/);
      }),
      { numRuns: 250 },
    );
  });

  test("names say they are made up, the same everywhere", async () => {
    await assert(
      asyncProperty(anySiren, async (siren) => {
        const { recherche, unit, pappers, notices } = await client.whole(siren);
        if (recherche.statut_diffusion === "P" || siren === "842157968") return;
        expect(pappers.nom_entreprise).toMatch(/ \(FICTIF\)$/);
        expect(recherche.nom_complet.startsWith(pappers.nom_entreprise)).toBe(true);
        for (const notice of notices) expect(notice.commercant).toBe(pappers.nom_entreprise);
        const { denominationUniteLegale, nomUniteLegale } = unit.periodesUniteLegale[0];
        const shown = denominationUniteLegale ?? nomUniteLegale;
        expect(shown).toMatch(/ \(FICTIF\)$/);
        expect(pappers.denomination ?? pappers.nom).toMatch(/ \(FICTIF\)$/);
        expect(pappers.nom_entreprise).toContain(shown);
      }),
      { numRuns: 200 },
    );
  });

  test("places are coherent: commune, department, postal code", async () => {
    await assert(
      asyncProperty(anySiren, async (siren) => {
        const { recherche, pappers, notices } = await client.whole(siren);
        const { siege } = recherche;
        if (siege.commune === undefined || recherche.statut_diffusion === "P") return;
        const long = siege.commune.startsWith("97");
        expect(siege.departement).toBe(siege.commune.slice(0, long ? 3 : 2));
        expect(pappers.siege.code_postal).toBe(siege.code_postal);
        expect(pappers.siege.ville).toBe(siege.libelle_commune);
        expect(String(pappers.siege.latitude)).toBe(siege.latitude);
        for (const notice of notices) {
          expect(notice.numerodepartement).toBe(siege.departement);
          expect(notice.region_code).toBe(Number(siege.region));
        }
      }),
      { numRuns: 200 },
    );
  });

  test("officers are the same people, between 30 and 75", async () => {
    await assert(
      asyncProperty(anySiren, async (siren) => {
        const { recherche, pappers } = await client.whole(siren);
        if (recherche.statut_diffusion === "P") return;
        const people = pappers.representants.filter((one: Json) => !one.personne_morale);
        for (const person of people) {
          expect(person.age).toBeGreaterThanOrEqual(30);
          expect(person.age).toBeLessThanOrEqual(75);
          expect(person.date_prise_de_poste >= pappers.date_creation).toBe(true);
          const same = recherche.dirigeants.find(
            (one: Json) =>
              one.nom === upper(person.nom) && one.date_de_naissance === person.date_de_naissance.slice(0, 7),
          );
          expect(same).toBeDefined();
        }
      }),
      { numRuns: 200 },
    );
  });

  test("a holding that presides is itself a holding, under the same name", async () => {
    let seen = 0;
    for (const siren of sirensFrom(44_000_000, 150)) {
      const company = await client.found(siren);
      const head = company.dirigeants[0];
      if (head?.type_dirigeant !== "personne morale" || head.siren === null) continue;
      seen += 1;
      const holding = await client.found(head.siren);
      expect(holding.nom_complet.startsWith(head.denomination)).toBe(true);
      expect(holding.activite_principale).toBe("64.20Z");
    }
    expect(seen).toBeGreaterThan(5);
  });

  test("turnover and results agree year by year wherever they show", async () => {
    await assert(
      asyncProperty(anySiren, async (siren) => {
        const { recherche, pappers, ratios, notices } = await client.whole(siren);
        const own = ratios.filter((row: Json) => row.type_bilan !== "K");
        expect(own.map(figuresOfRow)).toEqual(
          own.map((row: Json) => figuresAt(pappers, row.date_cloture_exercice.slice(0, 4))),
        );
        const [year] = own.length === ratios.length ? Object.keys(recherche.finances ?? {}) : [];
        const shown = year === undefined ? null : recherche.finances[year];
        expect(shown).toEqual(year === undefined ? null : figuresAt(pappers, year));
        const closings = new Set(pappers.comptes.map((one: Json) => one.date_cloture));
        const deposits = notices.filter((notice: Json) => notice.familleavis === "dpc");
        for (const notice of deposits) expect(closings).toContain(parsed(notice.depot).dateCloture);
      }),
      { numRuns: 250 },
    );
  });

  test("procedures and closings leave their notices, none is dated in the future, ids are unique", async () => {
    for (const siren of sirensFrom(52_000_000, 400)) {
      const { recherche, pappers, notices } = await client.whole(siren);
      const ids = notices.map((notice: Json) => notice.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const notice of notices) expect(notice.dateparution <= "2026-11-20").toBe(true);
      const families = new Set(notices.map((notice: Json) => notice.familleavis));
      const trader = recherche.nature_juridique === "1000";
      expect(families.has("radiation")).toBe(recherche.etat_administratif === "C" && !trader);
      expect(families.has("collective")).toBe(pappers.procedure_collective_existe);
      expect(trader && notices.length > 0).toBe(false);
    }
  });
});

describe("a realistic spread", () => {
  test("mostly small companies, some mid-size, some gone, some in trouble", async () => {
    const sample = await Promise.all(sirensFrom(60_000_000, 1500).map((siren) => client.found(siren)));
    const share = (test: (company: Json) => boolean) => sample.filter(test).length / sample.length;
    expect(share((one) => one.categorie_entreprise === "PME")).toBeGreaterThan(0.85);
    expect(share((one) => one.categorie_entreprise === "ETI")).toBeGreaterThan(0.005);
    expect(share((one) => one.etat_administratif === "C")).toBeGreaterThan(0.015);
    expect(share((one) => one.etat_administratif === "C")).toBeLessThan(0.05);
    expect(share((one) => one.finances === null)).toBeGreaterThan(0.1);
    expect(share((one) => latestResult(one) < 0)).toBeGreaterThan(0.06);
    expect(share((one) => one.dirigeants[0]?.type_dirigeant === "personne morale")).toBeGreaterThan(0.05);
    const ages = sample.flatMap((one) =>
      one.dirigeants
        .filter((officer: Json) => /^\d{4}$/.test(officer.annee_de_naissance ?? ""))
        .map((officer: Json) => REFERENCE_YEAR - Number(officer.annee_de_naissance)),
    );
    expect(ages.filter((age) => age >= 60).length / ages.length).toBeGreaterThan(0.15);
    expect(ages.filter((age) => age < 45).length / ages.length).toBeGreaterThan(0.1);
    const departments = new Set(sample.map((one) => one.siege.departement));
    for (const code of ["2A", "2B", "974", "01", "69"]) expect(departments).toContain(code);
  });
});
