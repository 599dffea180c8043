import { trancheEffectif } from "../../domain/companies/tranche-effectif.ts";
import type { SourceRecord } from "../../domain/enrichment/source-record.ts";
import { toIsoDate } from "../dates.ts";
import { nafFields } from "../naf-fields.ts";
import { categorieEntreprise, formeJuridique, identifier } from "../register-fields.ts";
import type { Periode, UniteLegale } from "./schema.ts";

/**
 * A legal unit of Sirene as it is today. The address is in another resource (one more call out of 30 a minute), so
 * only the number of the head office is given.
 */
export function toRecord(unite: UniteLegale): SourceRecord {
  const now = currentPeriode(unite);
  const siret = identifier(`${unite.siren}${now?.nicSiegeUniteLegale ?? ""}`, 14);
  return {
    siren: unite.siren,
    as_of: toIsoDate(unite.dateDernierTraitementUniteLegale),
    identite: toIdentite(unite, now),
    ...(siret === null ? {} : { siege: { siret } }),
  };
}

/** All that is known of a company that objects to diffusion. */
export function toWithheldRecord(siren: string): SourceRecord {
  return { siren, as_of: null, identite: { diffusion: "partielle" } };
}

function currentPeriode({ periodesUniteLegale: periodes }: UniteLegale): Periode | undefined {
  return periodes?.find((periode) => periode.dateFin === null) ?? periodes?.[0];
}

function toIdentite(unite: UniteLegale, now: Periode | undefined): NonNullable<SourceRecord["identite"]> {
  const etat = now?.etatAdministratifUniteLegale ?? null;
  const { statutDiffusionUniteLegale: diffusion } = unite;
  return {
    nom_entreprise: now?.denominationUniteLegale ?? nameOfPerson(unite, now),
    sigle: unite.sigleUniteLegale,
    statut: etat === "A" ? "active" : etat === "C" ? "cessee" : null,
    ...(diffusion === null ? {} : { diffusion: diffusion === "O" ? "complete" : "partielle" }),
    ...nafFields([now?.activitePrincipaleUniteLegale ?? null, unite.activitePrincipaleNAF25UniteLegale]),
    forme_juridique: formeJuridique(now?.categorieJuridiqueUniteLegale ?? null),
    categorie_entreprise: categorieEntreprise(unite.categorieEntreprise),
    date_creation: toIsoDate(unite.dateCreationUniteLegale),
    // The period during which a unit is closed starts on the day it closed.
    date_fermeture: etat === "C" ? toIsoDate(now?.dateDebut) : null,
    tranche_effectif: trancheEffectif(bandOf(unite, now), unite.anneeEffectifsUniteLegale),
  };
}

function nameOfPerson(unite: UniteLegale, now: Periode | undefined): string | null {
  const nom = now?.nomUsageUniteLegale ?? now?.nomUniteLegale ?? null;
  const prenom = unite.prenomUsuelUniteLegale ?? unite.prenom1UniteLegale;
  return nom === null || prenom === null ? nom : `${prenom} ${nom}`;
}

/** No band and not an employer is a band of its own. */
function bandOf(unite: UniteLegale, now: Periode | undefined): string | null {
  const employs = now?.caractereEmployeurUniteLegale ?? null;
  return unite.trancheEffectifsUniteLegale ?? (employs === "N" ? "NN" : null);
}
