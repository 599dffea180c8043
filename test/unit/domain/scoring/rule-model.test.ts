import { expect, test } from "vitest";
import { MODEL_REGLES_2026_11 as MODEL } from "../../../../src/domain/scoring/model-regles-2026-11.ts";
import { RuleModel } from "../../../../src/domain/scoring/rule-model.ts";
import { scoreCompany } from "../../../../src/domain/scoring/score-company.ts";
import { buildFacts } from "../../../support/build-facts.ts";

const sum = (items: Record<string, number>) => Object.values(items).reduce((total, item) => total + item, 0);
const logOdds = (rate: number) => Math.log(rate / (1 - rate));

test("the shipped model is valid and has the published blocks", () => {
  expect(RuleModel.parse(MODEL)).toEqual(MODEL);
  const blocks = Object.entries(MODEL.points).map(([code, items]) => [code, sum(items)]);
  expect(Object.fromEntries(blocks)).toEqual({
    taille: 25,
    succession: 20,
    attractivite: 20,
    evenements: 20,
    secteur: 15,
  });
});

test("the reported rates are as reported, and no band is below a smaller one", () => {
  const rates = new Map(MODEL.tranches.map(({ code, taux }) => [code, taux]));
  expect([rates.get("11"), rates.get("12"), rates.get("32"), MODEL.taux_ensemble]).toEqual([
    0.06, 0.075, 0.18, 0.077,
  ]);
  const inOrder = MODEL.tranches.map(({ taux }) => taux);
  expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
});

test("the split of size and group follows the odds multiplier of four", () => {
  const all = MODEL.tranches.map(({ taux }) => logOdds(taux));
  const span = Math.max(...all) - Math.min(...all);
  const exact = (25 * Math.log(4)) / (span + Math.log(4));
  expect(Math.abs(MODEL.points.taille.groupe - exact)).toBeLessThan(0.5);
});

test.each<[string, unknown]>([
  [
    "points that miss 100",
    { ...MODEL, points: { ...MODEL.points, secteur: { taux_cession: 9, acheteurs_actifs: 7 } } },
  ],
  ["an unknown key", { ...MODEL, bonus: 5 }],
  ["bands out of order", { ...MODEL, tranches: MODEL.tranches.toReversed() }],
  ["bands of one rate", { ...MODEL, tranches: MODEL.tranches.map((band) => ({ ...band, taux: 0.05 })) }],
  [
    "a rate of one",
    { ...MODEL, tranches: [...MODEL.tranches.slice(0, -1), { ...MODEL.tranches.at(-1), taux: 1 }] },
  ],
  ["no half-life", { ...MODEL, evenements: { fenetre_mois: 24, demi_vie_mois: 0 } }],
  ["ages the wrong way round", { ...MODEL, succession: { ...MODEL.succession, age_plein: 50 } }],
])("refuses %s", (_, model) => {
  expect(RuleModel.safeParse(model).success).toBe(false);
});

test("another model gives another score under its own name", () => {
  const secteur = { taux_cession: 0, acheteurs_actifs: 0 };
  const taille = { tranche: 30, groupe: 10 };
  const model = RuleModel.parse({ ...MODEL, id: "essai", points: { ...MODEL.points, secteur, taille } });
  const score = scoreCompany({ facts: buildFacts(), sector: null, at: "2026-11-20T10:00:00.000Z", model });
  expect(score).toMatchObject({ model: "essai", coverage: 1 });
  expect(score.contributions.map(({ max }) => max)).toEqual([40, 20, 20, 20, 0]);
});
