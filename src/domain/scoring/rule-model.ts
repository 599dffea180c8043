import { z } from "zod";

const points = z.number().min(0).max(100);
const fraction = z.number().min(0).max(1);
const positive = z.number().positive();

/** `rapporte`: a figure of the cited study; `modele`: our own judgement. */
export const SizeBand = z.strictObject({
  code: z.string(),
  min: z.int().nonnegative(),
  max: z.int().nonnegative().nullable(),
  taux: z.number().gt(0).lt(1),
  origine: z.enum(["rapporte", "modele"]),
});

const ModelPoints = z.strictObject({
  taille: z.strictObject({ tranche: points, groupe: points }),
  succession: z.strictObject({ age: points, anciennete: points, isolement: points }),
  attractivite: z.strictObject({
    marge: points,
    croissance: points,
    rentabilite: points,
    capitaux_propres: points,
  }),
  evenements: z.strictObject({
    changement_dirigeant: points,
    modification_capital: points,
    nomination_commissaire_aux_comptes: points,
    fusion_scission: points,
    comptes_confidentiels: points,
  }),
  secteur: z.strictObject({ taux_cession: points, acheteurs_actifs: points }),
});

/** What full or neutral is, when the sector's own median is unknown, and how far from it earns everything. */
const Yardstick = z.strictObject({ repere_modele: z.number(), ecart_plein: positive });

const ModelShape = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  points: ModelPoints,
  tranches: z.array(SizeBand).min(2),
  taux_ensemble: z.number().gt(0).lt(1),
  succession: z.strictObject({
    effectif_minimum: z.int().nonnegative(),
    age_debut: z.int().positive(),
    age_plein: z.int().positive(),
    fraction_debut: fraction,
    anciennete_pleine_ans: positive,
    /** Fraction for one leading person, two, …; zero beyond the list. */
    isolement: z.array(fraction).min(1),
    /** Years between two officers of one name that make the younger a successor. */
    ecart_releve_ans: z.int().positive(),
    facteur_releve: fraction,
  }),
  attractivite: z.strictObject({ marge: Yardstick, croissance: Yardstick }),
  evenements: z.strictObject({ fenetre_mois: positive, demi_vie_mois: positive }),
  secteur: z.strictObject({ taux_plein: z.number().gt(0).max(1), acheteurs_plein: z.int().positive() }),
  confiance: z.strictObject({
    comptes_ans: positive,
    effectif_ans: positive,
    secteur_ans: positive,
    poids_ancien: fraction,
    poids_sans_mediane: fraction,
  }),
});

type ModelShape = z.infer<typeof ModelShape>;

function totalPoints(model: ModelShape): number {
  return Object.values(model.points)
    .flatMap((items) => Object.values(items))
    .reduce((sum, item) => sum + item, 0);
}

function hasOrderedBands({ tranches }: ModelShape): boolean {
  const distinct = new Set(tranches.map(({ code }) => code)).size === tranches.length;
  const ordered = tranches.every(({ min }, index) => min >= (tranches[index - 1]?.min ?? 0));
  return distinct && ordered && tranches[0]?.min === 0;
}

function hasDistinctRates({ tranches }: ModelShape): boolean {
  return new Set(tranches.map(({ taux }) => taux)).size > 1;
}

/** The rule score as data: every weight, threshold and rate. Validated, so that an override can be refused. */
export const RuleModel = ModelShape.refine((model) => Math.abs(totalPoints(model) - 100) < 1e-9, {
  path: ["points"],
  error: "the points of all items must add up to 100",
})
  .refine(hasOrderedBands, {
    path: ["tranches"],
    error: "bands must be distinct, start at 0 and be in order",
  })
  .refine(hasDistinctRates, { path: ["tranches"], error: "bands must not all have the same rate" })
  .refine(({ succession }) => succession.age_debut < succession.age_plein, {
    path: ["succession", "age_plein"],
    error: "must be above age_debut",
  });

export type RuleModel = z.infer<typeof RuleModel>;
export type SizeBand = z.infer<typeof SizeBand>;
export type EventSignal = keyof RuleModel["points"]["evenements"];
