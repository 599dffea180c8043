import type { Dirigeant, Etablissement, Exercice } from "../../domain/companies/company.ts";
import { departementOf, regionOfDepartement } from "../../domain/companies/departement.ts";
import { trancheEffectif } from "../../domain/companies/tranche-effectif.ts";
import type { SourceRecord } from "../../domain/enrichment/source-record.ts";
import { latestDate, toIsoDate, toYear } from "../dates.ts";
import { toNumber } from "../loose-schema.ts";
import { nafFields } from "../naf-fields.ts";
import {
  categorieEntreprise,
  exercice,
  formeJuridique,
  identifier,
  isAuditorRole,
  keepEtablissements,
} from "../register-fields.ts";
import { toProcedure } from "./procedure.ts";
import type { Lieu, Personne, UniteLegale } from "./schema.ts";

/** The official register, as one record. */
export function toRecord(unite: UniteLegale): SourceRecord {
  const { siege, etablissements, bodacc } = unite;
  return {
    siren: unite.siren,
    as_of:
      toIsoDate(unite.date_mise_a_jour) ??
      latestDate([toIsoDate(unite.date_mise_a_jour_insee), toIsoDate(unite.date_mise_a_jour_rne)]),
    identite: toIdentite(unite),
    siege: siege?.siret ? toSiege(siege) : null,
    ...(etablissements
      ? { etablissements: keepEtablissements(etablissements.flatMap(toEtablissement)) }
      : {}),
    exercices: toExercices(unite.finances ?? {}),
    dirigeants: (unite.dirigeants ?? []).flatMap(toDirigeant),
    ...(bodacc ? { procedure_collective: toProcedure(bodacc.procedure_collective ?? null) } : {}),
  };
}

function toIdentite(unite: UniteLegale): NonNullable<SourceRecord["identite"]> {
  const { etat_administratif: etat, immatriculation } = unite;
  return {
    nom_entreprise: unite.nom_raison_sociale ?? unite.nom_complet,
    sigle: unite.sigle,
    statut: etat === "A" ? "active" : etat === "C" ? "cessee" : null,
    ...(unite.statut_diffusion === null
      ? {}
      : { diffusion: unite.statut_diffusion === "O" ? "complete" : "partielle" }),
    ...nafFields([unite.activite_principale, unite.activite_principale_naf25]),
    forme_juridique: formeJuridique(unite.nature_juridique),
    categorie_entreprise: categorieEntreprise(unite.categorie_entreprise),
    date_creation: toIsoDate(unite.date_creation),
    date_fermeture: toIsoDate(unite.date_fermeture),
    tranche_effectif: trancheEffectif(unite.tranche_effectif_salarie, unite.annee_tranche_effectif_salarie),
    ...(immatriculation ? { capital: immatriculation.capital_social } : {}),
    numero_tva: unite.tva?.find((number) => number !== null) ?? null,
    nombre_etablissements_ouverts: unite.nombre_etablissements_ouverts,
  };
}

function toSiege(lieu: Lieu): NonNullable<SourceRecord["siege"]> {
  const departement =
    lieu.departement ?? departementOf({ commune: lieu.commune, codePostal: lieu.code_postal });
  return {
    siret: lieu.siret,
    adresse: lieu.adresse,
    code_postal: lieu.code_postal,
    ville: lieu.libelle_commune,
    code_commune: lieu.commune,
    departement,
    region: lieu.region ?? regionOfDepartement(departement),
    latitude: toNumber(lieu.latitude),
    longitude: toNumber(lieu.longitude),
  };
}

function toEtablissement(lieu: Lieu): Etablissement[] {
  const siret = identifier(lieu.siret, 14);
  if (siret === null) return [];
  const etat = lieu.etat_administratif;
  return [
    {
      siret,
      siege: lieu.est_siege ?? false,
      actif: etat === null ? null : etat === "A",
      enseigne: lieu.liste_enseignes?.find((name) => name !== null) ?? lieu.nom_commercial,
      code_naf: nafFields([lieu.activite_principale]).code_naf,
      adresse: lieu.adresse,
      code_postal: lieu.code_postal,
      ville: lieu.libelle_commune,
      date_creation: toIsoDate(lieu.date_creation),
      date_fermeture: toIsoDate(lieu.date_fermeture),
    },
  ];
}

function toExercices(finances: NonNullable<UniteLegale["finances"]>): Exercice[] {
  return Object.entries(finances).flatMap(([year, comptes]) => {
    const annee = toYear(year);
    return annee === null || comptes === null ? [] : [exercice(annee, knownFigures(comptes))];
  });
}

/**
 * This source writes 0 for "not given" (a group with billions of turnover shows a result of exactly 0; withheld
 * turnover shows 0 beside a real result). So a 0 is kept only when both figures are 0, as in a dormant company.
 */
function knownFigures({ ca, resultat_net }: { ca: number | null; resultat_net: number | null }) {
  const resultat = resultat_net === 0 && ca !== null && ca !== 0 ? null : resultat_net;
  const turnover = ca === 0 && resultat_net !== null && resultat_net !== 0 ? null : ca;
  return { chiffre_affaires: turnover, resultat };
}

function toDirigeant(personne: Personne): Dirigeant[] {
  const qualites = personne.qualite === null ? [] : [personne.qualite];
  if (qualites.some(isAuditorRole)) return [];
  const type = personne.type_dirigeant;
  const isMorale = type === null ? personne.denomination !== null : type === "personne morale";
  return [
    {
      type: isMorale ? "personne_morale" : "personne_physique",
      nom: isMorale ? null : personne.nom,
      prenoms: isMorale ? null : personne.prenoms,
      annee_naissance: isMorale ? null : toYear(personne.annee_de_naissance),
      siren: isMorale ? identifier(personne.siren, 9) : null,
      denomination: isMorale ? personne.denomination : null,
      qualites,
      depuis: null,
    },
  ];
}
