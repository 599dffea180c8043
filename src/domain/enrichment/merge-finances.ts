import type { Exercice } from "../companies/company.ts";
import { confidenceOf, type Origin, type Witness, witnessesOf } from "./merge-field.ts";
import type { SourceName } from "./source.ts";
import type { SourceState } from "./source-state.ts";

const ORDER: SourceName[] = ["pappers", "ratios_inpi", "recherche_entreprises"];
const MAX_YEARS = 15;

export interface MergedExercice {
  exercice: Exercice;
  origin: Origin;
}

interface Statement {
  source: SourceName;
  exercice: Exercice;
}

function says(exercice: Exercice): number {
  return Number(exercice.chiffre_affaires !== null) + Number(exercice.resultat !== null);
}

/** Company accounts before consolidated ones, then who states turnover or result, then the order of sources. */
function rank(a: Statement, b: Statement): number {
  const consolidated =
    Number(a.exercice.comptes === "consolides") - Number(b.exercice.comptes === "consolides");
  if (consolidated !== 0) return consolidated;
  const known = Math.min(1, says(b.exercice)) - Math.min(1, says(a.exercice));
  return known !== 0 ? known : ORDER.indexOf(a.source) - ORDER.indexOf(b.source);
}

/** Turnover and result come from one set of accounts; the rest is completed from accounts that are not of a group. */
function complete(base: Exercice, other: Exercice): Exercice {
  if ((base.comptes === "consolides") !== (other.comptes === "consolides")) return base;
  const open = base.confidentialite === null || base.confidentialite === "publique";
  const figures = open && says(base) === 0;
  return {
    ...base,
    cloture: base.cloture ?? other.cloture,
    duree_mois: base.duree_mois ?? other.duree_mois,
    chiffre_affaires: figures ? other.chiffre_affaires : base.chiffre_affaires,
    resultat: figures ? other.resultat : base.resultat,
    excedent_brut_exploitation: base.excedent_brut_exploitation ?? other.excedent_brut_exploitation,
    effectif: base.effectif ?? other.effectif,
    tresorerie: base.tresorerie ?? other.tresorerie,
    dettes_financieres: base.dettes_financieres ?? other.dettes_financieres,
    capitaux_propres: base.capitaux_propres ?? other.capitaux_propres,
    autonomie_financiere: base.autonomie_financiere ?? other.autonomie_financiere,
    comptes: base.comptes ?? other.comptes,
    confidentialite: base.confidentialite ?? other.confidentialite,
  };
}

function mergeYear(statements: Statement[]): MergedExercice | null {
  const [winner, ...others] = [...statements].sort(rank);
  if (winner === undefined) return null;
  const turnover = winner.exercice.chiffre_affaires;
  const rivals = others.filter((other) => other.exercice.chiffre_affaires !== null && turnover !== null);
  const agreeing = rivals.filter((other) => other.exercice.chiffre_affaires === turnover).length;
  const exercice = others.reduce((merged, other) => complete(merged, other.exercice), winner.exercice);
  const confidence = confidenceOf(winner.source, agreeing, rivals.length - agreeing);
  return { exercice, origin: { source: winner.source, as_of: exercice.cloture, confidence } };
}

/** One entry per closing year, latest first. */
export function mergeFinances(states: SourceState[]): MergedExercice[] {
  const statements = witnessesOf(states, ORDER).flatMap(({ source, record }: Witness) =>
    (record.exercices ?? []).map((exercice) => ({ source, exercice })),
  );
  const years = [...new Set(statements.map(({ exercice }) => exercice.annee))].sort((a, b) => b - a);
  return years.slice(0, MAX_YEARS).flatMap((year) => {
    const merged = mergeYear(statements.filter(({ exercice }) => exercice.annee === year));
    return merged === null ? [] : [merged];
  });
}
