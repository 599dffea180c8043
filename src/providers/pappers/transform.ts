import type { Contact } from "../../domain/companies/company.ts";
import { trancheEffectif } from "../../domain/companies/tranche-effectif.ts";
import type { SourceRecord } from "../../domain/enrichment/source-record.ts";
import { latestDate, toIsoDate } from "../dates.ts";
import { nafFields } from "../naf-fields.ts";
import { categorieEntreprise, formeJuridique, keepEtablissements } from "../register-fields.ts";
import { toEvenements } from "./events.ts";
import { toExercices } from "./accounts.ts";
import { toDirigeant } from "./officers.ts";
import { toEtablissement, toSiege } from "./places.ts";
import { toProcedure } from "./procedure.ts";
import type { PappersAnswer } from "./schema.ts";

/** One Pappers company. Blocks that a partial answer lacks are left out, not emptied. */
export function toRecord(answer: PappersAnswer, collectedAt: string): SourceRecord {
  const { siege, etablissements, finances, representants, publications_bodacc: publications } = answer;
  const procedure = toProcedure(answer);
  const contacts = toContacts(answer, collectedAt);
  return {
    siren: answer.siren,
    as_of:
      toIsoDate(answer.dernier_traitement) ??
      latestDate([toIsoDate(answer.derniere_mise_a_jour_sirene), toIsoDate(answer.derniere_mise_a_jour_rcs)]),
    identite: toIdentite(answer),
    ...(siege ? { siege: toSiege(siege) } : {}),
    ...(etablissements?.length
      ? { etablissements: keepEtablissements(etablissements.flatMap(toEtablissement)) }
      : {}),
    ...(finances ? { exercices: toExercices(finances, answer.comptes ?? []) } : {}),
    ...(representants ? { dirigeants: representants.flatMap(toDirigeant) } : {}),
    ...(publications ? { evenements: toEvenements(publications) } : {}),
    ...(procedure === undefined ? {} : { procedure_collective: procedure }),
    ...(contacts.length > 0 ? { contacts } : {}),
  };
}

function toIdentite(answer: PappersAnswer): NonNullable<SourceRecord["identite"]> {
  const { etablissements, diffusable, entreprise_cessee: closed } = answer;
  const open = etablissements?.filter((one) => one.etablissement_cesse === false).length;
  return {
    nom_entreprise: answer.nom_entreprise,
    sigle: answer.sigle,
    statut: closed === null ? null : closed ? "cessee" : "active",
    ...(diffusable === null ? {} : { diffusion: diffusable ? "complete" : "partielle" }),
    ...nafFields([answer.code_naf], answer.libelle_code_naf),
    forme_juridique: toFormeJuridique(answer.categorie_juridique, answer.forme_juridique),
    categorie_entreprise: categorieEntreprise(answer.categorie_entreprise),
    date_creation: toIsoDate(answer.date_creation),
    date_fermeture: toIsoDate(answer.date_cessation),
    tranche_effectif: trancheEffectif(answer.tranche_effectif, answer.annee_effectif),
    capital: answer.capital,
    numero_tva: answer.numero_tva_intracommunautaire,
    // An empty list here means "not given", a company has at least its head office.
    ...(etablissements?.length ? { nombre_etablissements_ouverts: open ?? null } : {}),
  };
}

/** Codes that Pappers invented for single-owner forms, and the INSEE category each belongs to. */
const OWN_CODES: ReadonlyMap<string, string> = new Map([
  ["5720", "5710"],
  ["5498", "5499"],
]);

function toFormeJuridique(code: string | null, label: string | null) {
  const insee = OWN_CODES.get(code ?? "");
  // The label keeps what the INSEE code loses: that there is a single owner.
  return insee === undefined || label === null
    ? formeJuridique(insee ?? code, label)
    : { code: insee, libelle: label };
}

/** The company's own telephone and e-mail, if they ever come, and unless it objects to being canvassed. */
function toContacts(answer: PappersAnswer, collectedAt: string): Contact[] {
  const { telephone, email, nom_entreprise: nom } = answer;
  const nothing = nom === null || (telephone === null && email === null);
  if (answer.opposition_utilisation_commerciale === true || nothing) return [];
  return [
    {
      nom,
      fonction: null,
      email_professionnel: email,
      telephone,
      linkedin: null,
      source: "pappers",
      collected_at: collectedAt,
    },
  ];
}
