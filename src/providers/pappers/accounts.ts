import type { Confidentialite, Exercice } from "../../domain/companies/company.ts";
import { isPlausibleYear, toIsoDate } from "../dates.ts";
import { exercice } from "../register-fields.ts";
import type { PappersDepot, PappersFinances } from "./schema.ts";

/** The years with figures, and the years filed whose figures are withheld: that they exist is information. */
export function toExercices(
  finances: readonly PappersFinances[],
  depots: readonly PappersDepot[],
): Exercice[] {
  const filed = new Map(depots.map((depot) => [toIsoDate(depot.date_cloture), depot]));
  const published = finances.flatMap((figures) => toExercice(figures, filed));
  const years = new Set(published.map((one) => one.annee));
  const withheld = depots.flatMap(toWithheld).filter((one) => !years.has(one.annee));
  return [...published, ...withheld].toSorted((a, b) => b.annee - a.annee);
}

function toExercice(figures: PappersFinances, filed: Map<string | null, PappersDepot>): Exercice[] {
  const cloture = toIsoDate(figures.date_de_cloture_exercice);
  const annee = figures.annee ?? (cloture === null ? null : Number(cloture.slice(0, 4)));
  if (annee === null || !isPlausibleYear(annee)) return [];
  const depot = cloture === null ? undefined : filed.get(cloture);
  return [
    exercice(annee, {
      cloture,
      duree_mois: figures.duree_exercice,
      chiffre_affaires: figures.chiffre_affaires,
      resultat: figures.resultat,
      excedent_brut_exploitation: figures.excedent_brut_exploitation,
      effectif: figures.effectif,
      tresorerie: figures.tresorerie,
      dettes_financieres: figures.dettes_financieres,
      autonomie_financiere: figures.autonomie_financiere,
      comptes: depot === undefined ? null : toComptes(depot),
      confidentialite: depot === undefined ? null : toConfidentialite(depot),
    }),
  ];
}

function toWithheld(depot: PappersDepot): Exercice[] {
  const cloture = toIsoDate(depot.date_cloture);
  const confidentialite = toConfidentialite(depot);
  if (cloture === null || confidentialite === null || confidentialite === "publique") return [];
  return [exercice(Number(cloture.slice(0, 4)), { cloture, comptes: toComptes(depot), confidentialite })];
}

function toComptes({ type_comptes: type }: PappersDepot): Exercice["comptes"] {
  if (type === "K") return "consolides";
  return type === "C" || type === "S" ? "sociaux" : null;
}

function toConfidentialite(depot: PappersDepot): Confidentialite | null {
  if (depot.confidentialite === true) return "confidentielle";
  if (depot.confidentialite_compte_de_resultat === true) return "partielle";
  return depot.confidentialite === null ? null : "publique";
}
