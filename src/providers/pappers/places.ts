import type { Etablissement } from "../../domain/companies/company.ts";
import { departementOf, regionOfDepartement } from "../../domain/companies/departement.ts";
import type { SourceRecord } from "../../domain/enrichment/source-record.ts";
import { toIsoDate } from "../dates.ts";
import { nafFields } from "../naf-fields.ts";
import { identifier } from "../register-fields.ts";
import type { PappersEtablissement } from "./schema.ts";

export function toSiege(place: PappersEtablissement): NonNullable<SourceRecord["siege"]> {
  const departement =
    place.code_departement ?? departementOf({ commune: place.code_commune, codePostal: place.code_postal });
  return {
    siret: identifier(place.siret, 14),
    adresse: toAdresse(place),
    code_postal: place.code_postal,
    ville: place.ville,
    code_commune: place.code_commune,
    departement,
    region: place.code_region ?? regionOfDepartement(departement),
    latitude: place.latitude,
    longitude: place.longitude,
  };
}

export function toEtablissement(place: PappersEtablissement): Etablissement[] {
  const siret = identifier(place.siret, 14);
  if (siret === null) return [];
  return [
    {
      siret,
      siege: place.siege ?? false,
      actif: place.etablissement_cesse === null ? null : !place.etablissement_cesse,
      enseigne: place.enseigne ?? place.nom_commercial,
      code_naf: nafFields([place.code_naf]).code_naf,
      adresse: toAdresse(place),
      code_postal: place.code_postal,
      ville: place.ville,
      date_creation: toIsoDate(place.date_de_creation),
      date_fermeture: toIsoDate(place.date_cessation),
    },
  ];
}

/** On one line with the town, as the official register writes it; null without a street. */
function toAdresse(place: PappersEtablissement): string | null {
  const street = [place.adresse_ligne_1, place.adresse_ligne_2].filter((line) => line !== null);
  if (street.length === 0) return null;
  return [...street, place.code_postal, place.ville].filter((part) => part !== null).join(" ");
}
