import type { Etablissement, Siege } from "../companies/company.ts";
import { chooseValue, type Origins, type Witness } from "./merge-field.ts";
import type { SourceRecord } from "./source-record.ts";

const MAX_ESTABLISHMENTS = 200;

type StatedSiege = NonNullable<SourceRecord["siege"]>;
/** Addresses are only completed from sources that speak of the same head office. */
export function mergeSiege(witnesses: Witness[], origins: Origins): Siege | null {
  const siret = chooseValue(witnesses, (record) => record.siege?.siret).value;
  const same = witnesses.filter(({ record }) => {
    const theirs = record.siege?.siret ?? null;
    return Boolean(record.siege) && (siret === null || theirs === null || theirs === siret);
  });
  if (same.length === 0) return null;
  const read = <Value>(field: keyof Siege, pick: (siege: StatedSiege) => Value | null | undefined) => {
    const choice = chooseValue(same, ({ siege }) => (siege ? pick(siege) : null));
    if (choice.origin !== null) origins.set(`siege.${field}`, choice.origin);
    return choice.value;
  };
  const siege: Siege = {
    siret: read("siret", (one) => one.siret),
    adresse: read("adresse", (one) => one.adresse),
    code_postal: read("code_postal", (one) => one.code_postal),
    ville: read("ville", (one) => one.ville),
    code_commune: read("code_commune", (one) => one.code_commune),
    departement: read("departement", (one) => one.departement),
    region: read("region", (one) => one.region),
    latitude: read("latitude", (one) => one.latitude),
    longitude: read("longitude", (one) => one.longitude),
  };
  return Object.values(siege).every((value) => value === null) ? null : siege;
}

function completeEstablishment(a: Etablissement, b: Etablissement): Etablissement {
  return {
    siret: a.siret,
    siege: a.siege || b.siege,
    actif: a.actif ?? b.actif,
    enseigne: a.enseigne ?? b.enseigne,
    code_naf: a.code_naf ?? b.code_naf,
    adresse: a.adresse ?? b.adresse,
    code_postal: a.code_postal ?? b.code_postal,
    ville: a.ville ?? b.ville,
    date_creation: a.date_creation ?? b.date_creation,
    date_fermeture: a.date_fermeture ?? b.date_fermeture,
  };
}

function rank(one: Etablissement): number {
  return (one.siege ? 0 : 1) + (one.actif === false ? 2 : 0);
}

function order(a: Etablissement, b: Etablissement): number {
  return rank(a) - rank(b) || (a.siret < b.siret ? -1 : 1);
}

/** One entry per SIRET: head office first, then the open ones. */
export function mergeEstablishments(witnesses: Witness[], origins: Origins): Etablissement[] {
  const bySiret = new Map<string, { value: Etablissement; witness: Witness }>();
  for (const witness of witnesses) {
    for (const one of witness.record.etablissements ?? []) {
      const known = bySiret.get(one.siret);
      const value = known === undefined ? one : completeEstablishment(known.value, one);
      bySiret.set(one.siret, { value, witness: known?.witness ?? witness });
    }
  }
  const merged = [...bySiret.values()].sort((a, b) => order(a.value, b.value)).slice(0, MAX_ESTABLISHMENTS);
  merged.forEach(({ witness }, index) => {
    const origin = chooseValue([witness], (record) => record.siren).origin;
    if (origin !== null) origins.set(`etablissements.${index}`, origin);
  });
  return merged.map(({ value }) => value);
}
