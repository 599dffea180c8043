import { describe, expect, test } from "vitest";
import { CompanyFacts } from "../../../../src/domain/companies/company.ts";
import { scoreCompany } from "../../../../src/domain/scoring/score-company.ts";
import { Score } from "../../../../src/domain/scoring/score.ts";
import {
  buildDirigeant,
  buildEvenement,
  buildFacts,
  buildSector,
  buildUnknownFacts,
} from "../../../support/build-facts.ts";

const AT = "2026-11-20T10:00:00.000Z";
const SECTOR = buildSector();

function blocks(score: Score): Record<string, [points: number, max: number]> {
  return Object.fromEntries(score.contributions.map(({ code, points, max }) => [code, [points, max]]));
}

test("the example is a company as the API answers it", () => {
  expect(CompanyFacts.parse(buildFacts())).toEqual(buildFacts());
});

describe("EXEMPLE MÉCANIQUE, the worked example of docs/scoring.md", () => {
  test("with everything known, the blocks keep their weights", () => {
    const score = scoreCompany({ facts: buildFacts(), sector: SECTOR, at: AT });
    expect(score).toMatchObject({
      ma_score: 52,
      eligible: true,
      ineligible_reason: null,
      coverage: 1,
      confidence: 1,
      model: "regles-2026-11",
      computed_at: AT,
    });
    expect(blocks(score)).toEqual({
      taille: [8, 25],
      succession: [18.75, 20],
      attractivite: [15.75, 20],
      evenements: [1.25, 20],
      secteur: [8.25, 15],
    });
  });

  test("without a sector reference, the four other blocks share the 100 points", () => {
    const score = scoreCompany({ facts: buildFacts(), sector: null, at: AT });
    expect(score).toMatchObject({ ma_score: 52, coverage: 0.85, confidence: 0.79 });
    expect(blocks(score)).toEqual({
      taille: [9.5, 29.5],
      succession: [22, 23.5],
      attractivite: [18.75, 23.5],
      evenements: [1.75, 23.5],
      secteur: [0, 0],
    });
    expect(score.contributions[2]?.texte).toContain("seuil du modèle : 3 %");
    expect(score.contributions[4]).toMatchObject({ value: null, source: null, as_of: null });
  });

  test("each block says what was judged, in two languages", () => {
    const score = scoreCompany({ facts: buildFacts(), sector: SECTOR, at: AT });
    expect(score.contributions.map(({ texte }) => texte)).toEqual([
      "Taille et groupe : 20 à 49 salariés, taux annuel de cession rapporté de 7,5 % (toutes PME et ETI : 7,7 %) ; dirigée par une personne physique.",
      "Succession : le dirigeant le plus âgé a 65 ans ; en fonction depuis 17 ans ; 1 dirigeant, aucune relève du même nom.",
      "Attractivité : marge nette 6,6 % en 2024 (médiane du secteur : 3,8 %) ; croissance 5,9 % de 2023 à 2024 (médiane du secteur : 2,1 %) ; 2 exercices bénéficiaires sur 3 (2022–2024) ; capitaux propres positifs en 2024.",
      "Événements : nomination d'un commissaire aux comptes le 2025-05-20.",
      "Secteur : taux de cession mesuré de 6,4 % (maximum du modèle : 15,4 %) ; 9 acheteurs actifs.",
    ]);
    expect(score.contributions.map(({ text }) => text)).toEqual([
      "Size and group: 20 to 49 staff, yearly change-of-hands rate of 7.5% as reported (all PME and ETI: 7.7%); headed by a natural person.",
      "Succession: the oldest leader is 65; in office for 17 years; 1 officer, no successor of the same name.",
      "Attractiveness: net margin 6.6% in 2024 (sector median: 3.8%); growth 5.9% from 2023 to 2024 (sector median: 2.1%); 2 of 3 years profitable (2022–2024); positive equity in 2024.",
      "Events: auditor appointed on 2025-05-20.",
      "Sector: measured deal rate of 6.4% (model's full mark: 15.4%); 9 active buyers.",
    ]);
    expect(score.contributions.map(({ value }) => value)).toEqual([
      "20 à 49 salariés",
      65,
      "marge 6,6 %, croissance 5,9 %, 2 bénéfices sur 3, capitaux propres positifs",
      1,
      "division 25",
    ]);
  });
});

test("sources and dates come from the lookup, or from the facts themselves", () => {
  const origins: Record<string, { source: string; as_of: string | null }> = {
    tranche_effectif: { source: "insee", as_of: "2026-01-12" },
    dirigeants: { source: "recherche_entreprises", as_of: "2026-02-01" },
    details_financiers: { source: "pappers", as_of: null },
    evenements: { source: "bodacc", as_of: "2026-11-18" },
  };
  const facts_sources = (path: string) => origins[path] ?? null;
  const score = scoreCompany({ facts: buildFacts(), sector: SECTOR, at: AT, facts_sources });
  expect(score.contributions.map(({ source, as_of }) => [source, as_of])).toEqual([
    ["insee", "2023-12-31"],
    ["recherche_entreprises", "2026-02-01"],
    ["pappers", "2024-12-31"],
    ["bodacc", "2026-11-18"],
    ["reference_sectorielle", "2026-11-19"],
  ]);
});

test("nothing known: eligible, no score, no coverage, five blocks that say so", () => {
  const score = scoreCompany({ facts: buildUnknownFacts(), sector: null, at: AT });
  expect(score).toMatchObject({ ma_score: null, eligible: true, coverage: 0, confidence: 0 });
  expect(score.contributions).toHaveLength(5);
  expect(
    score.contributions.every(({ points, max, value }) => points === 0 && max === 0 && value === null),
  ).toBe(true);
  expect(Score.parse(score)).toEqual(score);
});

test("under partial diffusion, masked officers are unknown, not absent", () => {
  const masked = buildDirigeant({ nom: null, prenoms: null, annee_naissance: null, depuis: null });
  for (const dirigeants of [[], [masked]]) {
    const score = scoreCompany({
      facts: buildFacts({ diffusion: "partielle", dirigeants }),
      sector: SECTOR,
      at: AT,
    });
    expect(score.contributions[1]).toMatchObject({ points: 0, max: 0, value: null });
    expect(score.coverage).toBe(dirigeants.length === 0 ? 0.7 : 0.8);
  }
});

test("a reference of another division is not used", () => {
  const other = { ...SECTOR, division: "47" };
  const facts = buildFacts();
  expect(scoreCompany({ facts, sector: other, at: AT })).toEqual(
    scoreCompany({ facts, sector: null, at: AT }),
  );
});

test.each([
  ["redressement_judiciaire", "redressement judiciaire"],
  ["sauvegarde", "sauvegarde"],
] as const)("an open %s never raises the score, and is said", (type, name) => {
  const evenements = [
    buildEvenement({ type: "changement_dirigeant", date: "2026-10-01" }),
    buildEvenement({ type: "modification_capital", date: "2026-03-01" }),
  ];
  const facts = buildFacts({ evenements });
  const procedure_collective = { type, date_debut: "2026-09-01", en_cours: true };
  const calm = scoreCompany({ facts, sector: SECTOR, at: AT });
  const distressed = scoreCompany({ facts: { ...facts, procedure_collective }, sector: SECTOR, at: AT });
  expect(distressed.eligible).toBe(true);
  expect(distressed.ma_score).toBeLessThan(calm.ma_score ?? 0);
  expect(distressed.contributions[3]).toMatchObject({
    value: 1,
    texte: `Événements : modification du capital le 2026-03-01 ; procédure collective en cours (${name}), non comptée : voir procedure_collective.`,
    text: `Events: change of capital on 2026-03-01; ongoing collective procedure (${name}), not counted: see procedure_collective.`,
  });
});

test("an instant with an offset is answered in UTC; anything else is refused", () => {
  const facts = buildFacts();
  expect(scoreCompany({ facts, sector: null, at: "2026-11-20T11:00:00+01:00" }).computed_at).toBe(AT);
  expect(() => scoreCompany({ facts, sector: null, at: "yesterday" })).toThrow(RangeError);
});
