import type { Confidentialite, Exercice } from "../../domain/companies/company.ts";
import type { SourceRecord } from "../../domain/enrichment/source-record.ts";
import { latestDate, toIsoDate } from "../dates.ts";
import { exercice } from "../register-fields.ts";
import type { Ratio } from "./schema.ts";

/** Accounts filed with the INPI. Company (C, S) and consolidated (K) accounts of one year stay two entries. */
export function toRecord(siren: string, ratios: readonly Ratio[]): SourceRecord {
  const exercices = ratios.flatMap(toExercice);
  return { siren, as_of: latestDate(exercices.map((one) => one.cloture)), exercices };
}

function toExercice(ratio: Ratio): Exercice[] {
  const cloture = toIsoDate(ratio.date_cloture_exercice);
  if (cloture === null) return [];
  const confidentialite = toConfidentialite(ratio.confidentiality);
  const isPublic = confidentialite === "publique";
  const turnover = isPublic ? ratio.chiffre_d_affaires : unlessZero(ratio.chiffre_d_affaires);
  return [
    exercice(Number(cloture.slice(0, 4)), {
      cloture,
      chiffre_affaires: turnover,
      resultat: confidentialite === "confidentielle" ? unlessZero(ratio.resultat_net) : ratio.resultat_net,
      excedent_brut_exploitation: isPublic ? grossSurplus(ratio) : unlessZero(grossSurplus(ratio)),
      autonomie_financiere: ratio.autonomie_financiere,
      comptes: toComptes(ratio.type_bilan),
      confidentialite,
    }),
  ];
}

/** What is withheld is written 0 here, next to figures that are real. */
function unlessZero(value: number | null): number | null {
  return value === 0 ? null : value;
}

/** Some consolidated accounts repeat the turnover as the gross surplus. */
function grossSurplus({ type_bilan, ebe, chiffre_d_affaires }: Ratio): number | null {
  return type_bilan === "K" && ebe === chiffre_d_affaires ? null : ebe;
}

function toComptes(typeBilan: string | null): Exercice["comptes"] {
  if (typeBilan === "K") return "consolides";
  return typeBilan === "C" || typeBilan === "S" ? "sociaux" : null;
}

function toConfidentialite(raw: string | null): Confidentialite | null {
  if (raw === null) return null;
  if (/^public/i.test(raw)) return "publique";
  if (/partiel/i.test(raw)) return "partielle";
  return /confidentiel/i.test(raw) ? "confidentielle" : null;
}
