import { describe, expect, test } from "vitest";
import type { CompanyFacts, Dirigeant } from "../../../../src/domain/companies/company.ts";
import type { Assessment, FactSources, Subject } from "../../../../src/domain/scoring/assessment.ts";
import { judgeAttractivite } from "../../../../src/domain/scoring/judge-attractivite.ts";
import { judgeEvenements } from "../../../../src/domain/scoring/judge-evenements.ts";
import { judgeSecteur } from "../../../../src/domain/scoring/judge-secteur.ts";
import { judgeSuccession } from "../../../../src/domain/scoring/judge-succession.ts";
import { judgeTaille } from "../../../../src/domain/scoring/judge-taille.ts";
import { MODEL_REGLES_2026_11 } from "../../../../src/domain/scoring/model-regles-2026-11.ts";
import type { SectorReference } from "../../../../src/domain/scoring/sector-reference.ts";
import {
  buildDirigeant,
  buildEvenement,
  buildExercice,
  buildFacts,
  buildSector,
} from "../../../support/build-facts.ts";

const NO_SOURCES: FactSources = () => null;
const band = (code: string, annee: number | null = 2023) => ({ code, min: 0, max: null, annee });
const born = (annee_naissance: number | null) => [buildDirigeant({ annee_naissance })];
const year = (annee: number, chiffre_affaires: number | null, resultat: number | null) =>
  buildExercice({ annee, chiffre_affaires, resultat });
const event = (type: CompanyFacts["evenements"][number]["type"], date: string) =>
  buildEvenement({ type, date });
const medians = (median_marge: number | null) => buildSector({ median_marge, median_croissance: null });
const deals = (taux_cession: number | null, acheteurs_actifs: number | null) =>
  buildSector({ taux_cession, acheteurs_actifs });

function subject(overrides: Partial<CompanyFacts>, sector: SectorReference | null = null): Subject {
  const at = Date.parse("2026-11-20T10:00:00.000Z");
  return { facts: buildFacts(overrides), sector, at, model: MODEL_REGLES_2026_11, sources: NO_SOURCES };
}

/** Points and known maximum of each item, to two decimals. */
function items({ items }: Assessment): [number, number][] {
  return items.map(({ points, known }) => [Math.round(points * 100) / 100, known]);
}

function total(block: Assessment): number {
  return items(block).reduce((sum, [points]) => sum + points, 0);
}

function trusts({ items }: Assessment): number[] {
  return items.map(({ trust }) => trust);
}

describe("taille", () => {
  const holding = buildDirigeant({ type: "personne_morale", nom: null, denomination: "HOLDING DURAND" });

  test.each([
    ["NN", 0],
    ["00", 0],
    ["03", 4.72],
    ["11", 6.37],
    ["12", 8.04],
    ["21", 9.76],
    ["32", 15],
    ["53", 15],
  ])("band %s earns %s of 15", (code, points) => {
    expect(items(judgeTaille(subject({ tranche_effectif: band(code) })))[0]).toEqual([points, 15]);
  });

  test("an unlisted band code is read by its lower bound", () => {
    const tranche_effectif = { code: "99", min: 20, max: null, annee: 2023 };
    expect(judgeTaille(subject({ tranche_effectif })).value).toBe("20 à 49 salariés");
  });

  test("without a band, the staff of the accounts; without accounts, the stated staff, trusted less", () => {
    const accounts = judgeTaille(subject({ tranche_effectif: null, effectif: null }));
    expect([accounts.value, trusts(accounts)[0], accounts.as_of]).toEqual([
      "20 à 49 salariés",
      1,
      "2024-12-31",
    ]);
    const stated = judgeTaille(subject({ tranche_effectif: null, effectif: 60, details_financiers: [] }));
    expect([stated.value, trusts(stated)[0]]).toEqual(["50 à 99 salariés", 0.5]);
    const none = judgeTaille(subject({ tranche_effectif: null, effectif: null, details_financiers: [] }));
    expect([none.value, items(none)[0]]).toEqual([null, [0, 0]]);
  });

  test("recent accounts are preferred to an old band", () => {
    const details_financiers = [buildExercice({ annee: 2025, effectif: 120 })];
    expect(judgeTaille(subject({ tranche_effectif: band("12", 2015), details_financiers })).value).toBe(
      "100 à 199 salariés",
    );
  });

  test.each<[string, Dirigeant[], [number, number]]>([
    ["natural president", [buildDirigeant()], [0, 10]],
    ["holding as president", [holding], [10, 10]],
    ["holding and natural CEO", [holding, buildDirigeant({ qualites: ["Directeur général"] })], [10, 10]],
    [
      "audit firm beside the president",
      [buildDirigeant(), { ...holding, qualites: ["Commissaire aux comptes titulaire"] }],
      [0, 10],
    ],
    [
      "fund on the supervisory board",
      [buildDirigeant(), { ...holding, qualites: ["Président du conseil de surveillance"] }],
      [0, 10],
    ],
    ["no role stated", [buildDirigeant({ qualites: [] })], [0, 0]],
    ["no officer known", [], [0, 0]],
  ])("group: %s", (_, dirigeants, expected) => {
    expect(items(judgeTaille(subject({ dirigeants })))[1]).toEqual(expected);
  });
});

describe("succession", () => {
  test.each([
    [1972, 0],
    [1971, 8],
    [1966, 13.45],
    [1961, 18.91],
    [1960, 20],
    [1945, 20],
  ])("alone, 17 years in office, born in %s: %s of 20", (year, points) => {
    const earned = items(judgeSuccession(subject({ dirigeants: born(year) })));
    expect(earned.reduce((sum, [item]) => sum + item, 0)).toBeCloseTo(points, 1);
    expect(earned.reduce((sum, [, known]) => sum + known, 0)).toBe(20);
  });

  const child = buildDirigeant({ prenoms: "Paul", annee_naissance: 1990, qualites: ["Directeur général"] });
  const spouse = buildDirigeant({ prenoms: "Anne", annee_naissance: 1960, qualites: ["Directeur général"] });
  const partner = buildDirigeant({ nom: "LEFÈVRE", annee_naissance: 1975, qualites: ["Directeur général"] });
  const old = buildDirigeant({ annee_naissance: 1955 });

  test.each<[string, Dirigeant[], [number, number][]]>([
    [
      "alone",
      [old],
      [
        [10, 10],
        [5, 5],
        [5, 5],
      ],
    ],
    [
      "auditor does not count",
      [old, { ...partner, qualites: ["Commissaire aux comptes"] }],
      [
        [10, 10],
        [5, 5],
        [5, 5],
      ],
    ],
    [
      "with a partner",
      [old, partner],
      [
        [10, 10],
        [5, 5],
        [2.5, 5],
      ],
    ],
    [
      "with a spouse of the same name",
      [old, spouse],
      [
        [10, 10],
        [5, 5],
        [2.5, 5],
      ],
    ],
    [
      "with a child of the same name",
      [old, child],
      [
        [2.5, 10],
        [1.25, 5],
        [0.63, 5],
      ],
    ],
    [
      "three people",
      [old, partner, { ...partner, prenoms: "Luc" }],
      [
        [10, 10],
        [5, 5],
        [0, 5],
      ],
    ],
    [
      "five years in office",
      [{ ...old, depuis: "2021-11-20" }],
      [
        [10, 10],
        [2.5, 5],
        [5, 5],
      ],
    ],
    [
      "tenure unknown",
      [{ ...old, depuis: null }],
      [
        [10, 10],
        [0, 0],
        [5, 5],
      ],
    ],
    [
      "in office from a future date",
      [{ ...old, depuis: "2027-01-01" }],
      [
        [10, 10],
        [0, 0],
        [5, 5],
      ],
    ],
    [
      "one of two ages unknown",
      [old, { ...partner, annee_naissance: null }],
      [
        [10, 10],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "one of two names unknown",
      [old, { ...partner, nom: null }],
      [
        [10, 10],
        [0, 0],
        [0, 0],
      ],
    ],
    ["age unknown", born(null), [[0, 0]]],
    ["impossible age", born(2020), [[0, 0]]],
    ["officers unknown", [], [[0, 0]]],
    ["only a holding", [{ ...old, type: "personne_morale" }], [[0, 0]]],
  ])("%s", (_, dirigeants, expected) => {
    expect(items(judgeSuccession(subject({ dirigeants })))).toEqual(expected);
  });

  test("fewer than ten staff earn nothing, and the sentence says why", () => {
    const tranche_effectif = { code: "03", min: 6, max: 9, annee: 2023 };
    const small = judgeSuccession(subject({ tranche_effectif, dirigeants: [old] }));
    expect(items(small).slice(0, 3)).toEqual([
      [0, 10],
      [0, 5],
      [0, 5],
    ]);
    expect(small.items.at(-1)?.wording.fr).toBe("moins de 10 salariés, donc sans effet");
  });

  test("staff unknown: not judged", () => {
    const blind = { tranche_effectif: null, effectif: null, details_financiers: [] };
    expect(items(judgeSuccession(subject(blind)))).toEqual([[0, 0]]);
  });
});

describe("attractivite", () => {
  test.each([
    [0.1, 3],
    [0.02, 6],
    [0.18, 0],
    [0.06, 4.5],
  ])("a margin of one tenth against a median of %s earns %s of 6", (median, points) => {
    const details_financiers = [year(2025, 1000, 100)];
    expect(items(judgeAttractivite(subject({ details_financiers }, medians(median))))[0]).toEqual([
      points,
      6,
    ]);
  });

  test("without a median the model's own threshold is used, named, and trusted half", () => {
    const block = judgeAttractivite(
      subject({ details_financiers: [year(2025, 1000, 30), year(2024, 1000, 30)] }),
    );
    expect(items(block).slice(0, 2)).toEqual([
      [3, 6],
      [2.6, 6],
    ]);
    expect(trusts(block).slice(0, 2)).toEqual([0.5, 0.5]);
    expect(block.items[0]?.wording).toEqual({
      fr: "marge nette 3 % en 2025 (seuil du modèle : 3 %)",
      en: "net margin 3% in 2025 (model threshold: 3%)",
    });
  });

  test.each<[string, CompanyFacts["details_financiers"], [number, number][]]>([
    [
      "no accounts",
      [],
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "zero turnover",
      [year(2025, 0, -10), year(2024, 0, -5)],
      [
        [0, 0],
        [0, 0],
        [0, 5],
        [0, 0],
      ],
    ],
    [
      "turnover fell to zero",
      [year(2025, 0, null), year(2024, 100, null)],
      [
        [0, 0],
        [0, 6],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "a year is missing between",
      [year(2025, 200, 1), year(2023, 100, 1)],
      [
        [2.06, 6],
        [0, 0],
        [5, 5],
        [0, 0],
      ],
    ],
    [
      "accounts closed in the future",
      [year(2027, 100, 50)],
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "one profit, one loss",
      [year(2025, null, 1), year(2024, null, -1)],
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "two losses settle it",
      [year(2025, null, 0), year(2024, null, -1)],
      [
        [0, 0],
        [0, 0],
        [0, 5],
        [0, 0],
      ],
    ],
    [
      "negative equity",
      [buildExercice({ annee: 2025, capitaux_propres: -1 })],
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 3],
      ],
    ],
    [
      "equity above zero",
      [buildExercice({ annee: 2025, capitaux_propres: 1 })],
      [
        [0, 0],
        [0, 0],
        [0, 0],
        [3, 3],
      ],
    ],
  ])("%s", (_, details_financiers, expected) => {
    expect(items(judgeAttractivite(subject({ details_financiers })))).toEqual(expected);
  });

  test("growth is per year when the accounts cover different lengths, and never across kinds of accounts", () => {
    const long = { ...year(2025, 1500, null), duree_mois: 18 };
    const before = year(2024, 1000, null);
    const same = judgeAttractivite(subject({ details_financiers: [long, before] }));
    expect(same.value).toBe("croissance 0 %");
    const group = { ...before, comptes: "consolides" as const };
    expect(judgeAttractivite(subject({ details_financiers: [long, group] })).value).toBeNull();
  });

  test("an absurd ratio is capped in the points and in the text", () => {
    const block = judgeAttractivite(subject({ details_financiers: [year(2025, 1e-300, Number.MAX_VALUE)] }));
    expect(items(block)[0]).toEqual([6, 6]);
    expect(block.value).toBe("marge 999 %");
  });

  test("old accounts count in full and are trusted half", () => {
    const block = judgeAttractivite(subject({ details_financiers: [year(2019, 1000, 100)] }, medians(0.1)));
    expect([items(block)[0], trusts(block)[0]]).toEqual([[3, 6], 0.5]);
  });
});

describe("evenements", () => {
  test.each([
    ["2026-11-20", 6],
    ["2025-11-20", 3],
    ["2024-11-21", 1.5],
    ["2024-11-01", 0],
    ["2026-12-01", 0],
  ])("a change of officer on %s earns %s of 6", (date, points) => {
    const block = judgeEvenements(subject({ evenements: [event("changement_dirigeant", date)] }));
    expect(items(block)[0]?.[0]).toBeCloseTo(points, 1);
    expect(items(block).reduce((sum, [, known]) => sum + known, 0)).toBe(20);
  });

  test("the latest of a kind counts, once", () => {
    const once = judgeEvenements(subject({ evenements: [event("modification_capital", "2026-10-01")] }));
    const twice = judgeEvenements(
      subject({
        evenements: [
          event("modification_capital", "2025-10-01"),
          event("modification_capital", "2026-10-01"),
        ],
      }),
    );
    expect(total(twice)).toBe(total(once));
  });

  test.each(["depot_comptes", "procedure_collective", "vente", "radiation", "transfert_siege"] as const)(
    "%s is no signal",
    (type) => {
      const block = judgeEvenements(subject({ evenements: [event(type, "2026-11-01")] }));
      expect([total(block), block.value, block.items[0]?.wording.fr]).toEqual([
        0,
        0,
        "aucun signal en 24 mois",
      ]);
    },
  );

  test("an empty list is unknown, unless a source answered for it", () => {
    const silent = subject({ evenements: [] });
    expect(items(judgeEvenements(silent))).toEqual([[0, 0]]);
    const answered = { ...silent, sources: () => ({ source: "bodacc", as_of: "2026-11-18" }) };
    const block = judgeEvenements(answered);
    expect([items(block).length, block.source, block.as_of]).toEqual([5, "bodacc", "2026-11-18"]);
  });
});

describe("secteur", () => {
  test.each<[SectorReference | null, [number, number][]]>([
    [null, [[0, 0]]],
    [
      deals(null, null),
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      deals(0, 0),
      [
        [0, 9],
        [0, 6],
      ],
    ],
    [
      deals(0.077, null),
      [
        [4.5, 9],
        [0, 0],
      ],
    ],
    [
      deals(0.5, 20),
      [
        [9, 9],
        [6, 6],
      ],
    ],
    [
      deals(null, 400),
      [
        [0, 0],
        [6, 6],
      ],
    ],
  ])("%j", (reference, expected) => {
    expect(items(judgeSecteur(subject({}, reference)))).toEqual(expected);
  });
});
