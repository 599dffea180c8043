import type { RuleModel, SizeBand } from "./rule-model.ts";

/**
 * Share of companies changing hands per year, by INSEE size band. The study (BPCE L'Observatoire, 2013 data)
 * reports 10–19, 20–49 and ETI only. The rest is our judgement:
 * - 50 to 249: even steps in log-odds from the 20–49 rate to the ETI rate;
 * - below 10: each band divides by 1.25, the ratio of the two lowest reported rates;
 * - 5,000 and more: held at the ETI rate, as nothing is reported and groups of that size are rarely sold whole.
 */
const TRANCHES: SizeBand[] = [
  { code: "NN", min: 0, max: 0, taux: 0.025, origine: "modele" },
  { code: "00", min: 0, max: 0, taux: 0.025, origine: "modele" },
  { code: "01", min: 1, max: 2, taux: 0.031, origine: "modele" },
  { code: "02", min: 3, max: 5, taux: 0.038, origine: "modele" },
  { code: "03", min: 6, max: 9, taux: 0.048, origine: "modele" },
  { code: "11", min: 10, max: 19, taux: 0.06, origine: "rapporte" },
  { code: "12", min: 20, max: 49, taux: 0.075, origine: "rapporte" },
  { code: "21", min: 50, max: 99, taux: 0.094, origine: "modele" },
  { code: "22", min: 100, max: 199, taux: 0.118, origine: "modele" },
  { code: "31", min: 200, max: 249, taux: 0.146, origine: "modele" },
  { code: "32", min: 250, max: 499, taux: 0.18, origine: "rapporte" },
  { code: "41", min: 500, max: 999, taux: 0.18, origine: "rapporte" },
  { code: "42", min: 1000, max: 1999, taux: 0.18, origine: "rapporte" },
  { code: "51", min: 2000, max: 4999, taux: 0.18, origine: "rapporte" },
  { code: "52", min: 5000, max: 9999, taux: 0.18, origine: "modele" },
  { code: "53", min: 10_000, max: null, taux: 0.18, origine: "modele" },
];

/** Never edited once it has scored a company: a change is a new file with a new id. */
export const MODEL_REGLES_2026_11: RuleModel = {
  id: "regles-2026-11",
  points: {
    // A group multiplies the odds by 4 (reported). On the log-odds scale that is 1.39 against 2.15 between the
    // lowest and the highest band: 39 % and 61 % of the block, rounded to whole points.
    taille: { tranche: 15, groupe: 10 },
    // Age gates the other two, hence half of the block. A weak lever: two thirds are sold before the owner is 60.
    succession: { age: 10, anciennete: 5, isolement: 5 },
    attractivite: { marge: 6, croissance: 6, rentabilite: 5, capitaux_propres: 3 },
    // Ordered by how directly the notice touches control or prepares a transaction; judgement.
    evenements: {
      changement_dirigeant: 6,
      modification_capital: 5,
      nomination_commissaire_aux_comptes: 4,
      fusion_scission: 3,
      comptes_confidentiels: 2,
    },
    secteur: { taux_cession: 9, acheteurs_actifs: 6 },
  },
  tranches: TRANCHES,
  /** All PME and ETI (reported); quoted beside each band's rate. */
  taux_ensemble: 0.077,
  succession: {
    effectif_minimum: 10,
    age_debut: 55,
    age_plein: 66,
    // Not near zero at 55, because most owners sell before 60.
    fraction_debut: 0.4,
    anciennete_pleine_ans: 10,
    isolement: [1, 0.5],
    // A generation, so that a spouse a few years younger is no successor.
    ecart_releve_ans: 15,
    // Not zero: a child on the board is no proof of a family transfer (17 % of transfers stay in the family).
    facteur_releve: 0.25,
  },
  attractivite: {
    // Used only without a measured median: 2 % is flat in real terms at the central bank's inflation target,
    // 3 % is a round profit above break-even. Answers label them "seuil du modèle".
    marge: { repere_modele: 0.03, ecart_plein: 0.08 },
    croissance: { repere_modele: 0.02, ecart_plein: 0.15 },
  },
  evenements: { fenetre_mois: 24, demi_vie_mois: 12 },
  // Twice the all-company rate earns everything, so the national rate earns half.
  secteur: { taux_plein: 0.154, acheteurs_plein: 20 },
  confiance: {
    comptes_ans: 3,
    // From the first day of the year described; INSEE publishes a band two to three years after that day.
    effectif_ans: 5,
    secteur_ans: 1,
    poids_ancien: 0.5,
    poids_sans_mediane: 0.5,
  },
};
