import type { CompanyFacts, Exercice } from "../companies/company.ts";
import { nafLabel } from "../companies/naf.ts";
import { chooseValue, type Origins, type Witness, witnessesOf } from "./merge-field.ts";
import { maskPartialDiffusion } from "./mask-partial-diffusion.ts";
import { latestConfidentiality } from "./latest-confidentiality.ts";
import { type MergedEvent, mergeEvents } from "./merge-events.ts";
import { mergeFinances } from "./merge-finances.ts";
import { mergeOfficers } from "./merge-officers.ts";
import { mergeEstablishments, mergeSiege } from "./merge-siege.ts";
import { SOURCE_POLICIES } from "./source-policy.ts";
import type { SourceRecord } from "./source-record.ts";
import type { SourceState } from "./source-state.ts";

export interface MergedCompany {
  facts: CompanyFacts;
  origins: Origins;
}

type Identite = NonNullable<SourceRecord["identite"]>;

function mergeIdentity(witnesses: Witness[], origins: Origins) {
  const read = <Value>(
    path: string,
    pick: (identite: Identite) => Value | null | undefined,
  ): Value | null => {
    const choice = chooseValue(witnesses, ({ identite }) => (identite === undefined ? null : pick(identite)));
    if (choice.origin !== null) origins.set(path, choice.origin);
    return choice.value;
  };
  const code_naf = read("code_naf", (one) => one.code_naf);
  const activity = read("secteur_activite", (one) => one.secteur_activite);
  return {
    nom_entreprise: read("nom_entreprise", (one) => one.nom_entreprise),
    sigle: read("sigle", (one) => one.sigle),
    statut: read("statut", (one) => one.statut),
    diffusion: mergeDiffusion(witnesses),
    code_naf,
    code_naf_2025: read("code_naf_2025", (one) => one.code_naf_2025),
    secteur_activite: activity ?? (code_naf === null ? null : nafLabel(code_naf)),
    forme_juridique: read("forme_juridique", (one) => one.forme_juridique),
    categorie_entreprise: read("categorie_entreprise", (one) => one.categorie_entreprise),
    date_creation: read("date_creation", (one) => one.date_creation),
    date_fermeture: read("date_fermeture", (one) => one.date_fermeture),
    tranche_effectif: read("tranche_effectif", (one) => one.tranche_effectif),
    capital: read("capital", (one) => one.capital),
    numero_tva: read("numero_tva", (one) => one.numero_tva),
    nombre_etablissements_ouverts: read(
      "nombre_etablissements_ouverts",
      (one) => one.nombre_etablissements_ouverts,
    ),
  };
}

/** One source that masks is enough to treat the company as partially published. */
function mergeDiffusion(witnesses: Witness[]): CompanyFacts["diffusion"] {
  return witnesses.some(({ record }) => record.identite?.diffusion === "partielle")
    ? "partielle"
    : "complete";
}

/** The accounts whose figures stand for the company: the latest with a turnover, else the latest with a result. */
function referenceIndex(exercices: Exercice[]): number {
  const turnover = exercices.findIndex((one) => one.chiffre_affaires !== null);
  return turnover >= 0 ? turnover : exercices.findIndex((one) => one.resultat !== null);
}

function mergeAccounts(states: SourceState[], events: MergedEvent[], origins: Origins) {
  const merged = mergeFinances(states);
  const exercices = merged.map(({ exercice }) => exercice);
  const at = referenceIndex(exercices);
  const reference = exercices[at];
  const staffAt = exercices.findIndex(({ effectif }) => effectif !== null);
  const note = (path: string, value: unknown, index: number): void => {
    const origin = merged[index]?.origin;
    if (origin !== undefined && value !== null && value !== undefined) origins.set(path, origin);
  };
  note("chiffre_affaires", reference?.chiffre_affaires, at);
  note("resultat", reference?.resultat, at);
  note("annee_comptes", reference?.annee, at);
  note("effectif", exercices[staffAt]?.effectif, staffAt);
  merged.forEach(({ origin }, index) => origins.set(`details_financiers.${index}`, origin));
  const confidentiality = latestConfidentiality(merged, events);
  if (confidentiality !== null) origins.set("confidentialite", confidentiality.origin);
  return {
    chiffre_affaires: reference?.chiffre_affaires ?? null,
    resultat: reference?.resultat ?? null,
    annee_comptes: reference?.annee ?? null,
    effectif: exercices[staffAt]?.effectif ?? null,
    confidentialite: confidentiality?.value ?? null,
    details_financiers: exercices,
  };
}

/** What all sources say together, field by field, each with its origin. Pure: same states, same company. */
export function mergeCompany(siren: string, states: SourceState[]): MergedCompany {
  const origins: Origins = new Map();
  const witnesses = witnessesOf(states);
  const officers = mergeOfficers(states);
  const events = mergeEvents(states);
  officers.forEach(({ origin }, index) => origins.set(`dirigeants.${index}`, origin));
  events.forEach(({ origin }, index) => origins.set(`evenements.${index}`, origin));
  const notices = states.find(({ source }) => source === "bodacc");
  if (events.length === 0 && notices !== undefined) {
    // "No notice" is something we know, and from whom: not the same as never having asked.
    const as_of = notices.retrieved_at.slice(0, 10);
    origins.set("evenements", { source: "bodacc", as_of, confidence: SOURCE_POLICIES.bodacc.confidence });
  }
  const procedure = chooseValue(
    witnessesOf(states, ["bodacc", "pappers", "recherche_entreprises"]),
    (record) => record.procedure_collective,
  );
  if (procedure.origin !== null) origins.set("procedure_collective", procedure.origin);
  const facts: CompanyFacts = {
    siren,
    ...mergeIdentity(witnesses, origins),
    ...mergeAccounts(states, events, origins),
    procedure_collective: procedure.value,
    siege: mergeSiege(witnesses, origins),
    etablissements: mergeEstablishments(witnesses, origins),
    dirigeants: officers.map(({ dirigeant }) => dirigeant),
    evenements: events.map(({ evenement }) => evenement),
  };
  const activity = origins.get("code_naf");
  if (facts.secteur_activite !== null && activity !== undefined && !origins.has("secteur_activite")) {
    origins.set("secteur_activite", activity);
  }
  const published = maskPartialDiffusion(facts);
  forgetMasked(published, origins);
  return { facts: published, origins };
}

/** What was masked has no origin either: a path would tell that there is something to find. */
function forgetMasked(facts: CompanyFacts, origins: Origins): void {
  if (facts.diffusion === "complete") return;
  const masked = ["nom_entreprise", "sigle"] as const;
  for (const field of masked) if (facts[field] === null) origins.delete(field);
  for (const [field, value] of Object.entries(facts.siege ?? {})) {
    if (value === null) origins.delete(`siege.${field}`);
  }
}
