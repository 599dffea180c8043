import type { Establishment, PersonOfficer, SandboxCompany } from "../world/company.ts";
import { registerCase } from "../world/person-names.ts";
import type { World } from "../world/world.ts";
import type { Query } from "./parameters.ts";

export interface Match {
  company: SandboxCompany;
  matching: readonly Establishment[];
}

type Filter = (company: SandboxCompany) => boolean;

const LISTS: Record<string, (company: SandboxCompany) => string> = {
  activite_principale: ({ activity }) => activity.code,
  categorie_entreprise: ({ category }) => category,
  code_postal: ({ address }) => address.town.postalCode,
  code_commune: ({ address }) => address.town.communeCode,
  departement: ({ address }) => address.town.department,
  region: ({ address }) => address.town.region.code,
  nature_juridique: ({ legalForm }) => legalForm.code,
  section_activite_principale: ({ activity }) => activity.section,
  tranche_effectif_salarie: ({ band }) => band.code,
};

const BOOLEANS: Record<string, Filter> = {
  convention_collective_renseignee: () => true,
  est_entrepreneur_individuel: ({ person }) => person !== null,
};

function listFilters(query: Query): Filter[] {
  return Object.entries(LISTS).flatMap(([name, read]) => {
    const wanted = query.list(name);
    return wanted === undefined ? [] : [(company: SandboxCompany) => wanted.includes(read(company))];
  });
}

/** What the sandbox cannot tell (labels, certifications …) nobody has. */
function booleanFilters(query: Query): Filter[] {
  return query
    .names()
    .filter((name) => name.startsWith("est_") || name in BOOLEANS)
    .map((name) => {
      const wanted = query.get(name)?.toLowerCase() === "true";
      const holds = BOOLEANS[name] ?? (() => false);
      return (company: SandboxCompany) => holds(company) === wanted;
    });
}

function amountFilter(
  query: Query,
  name: string,
  read: (company: SandboxCompany) => number | null,
): Filter[] {
  const min = query.get(`${name}_min`);
  const max = query.get(`${name}_max`);
  if (min === undefined && max === undefined) return [];
  return [
    (company) => {
      const amount = read(company);
      return amount !== null && amount >= Number(min ?? -Infinity) && amount <= Number(max ?? Infinity);
    },
  ];
}

function shownTurnover({ filings }: SandboxCompany): number | null {
  return filings[0]?.secrecy === "public" ? filings[0].turnover : null;
}

function shownResult({ filings }: SandboxCompany): number | null {
  return filings[0] === undefined || filings[0].secrecy === "total" ? null : filings[0].result;
}

function personFilters(query: Query): Filter[] {
  const name = query.get("nom_personne");
  const first = query.get("prenoms_personne");
  const min = query.get("date_naissance_personne_min");
  const max = query.get("date_naissance_personne_max");
  if ([name, first, min, max].every((value) => value === undefined)) return [];
  const matches = (person: PersonOfficer) =>
    registerCase(person.lastName).includes(registerCase(name ?? "")) &&
    registerCase(person.firstNames.join(" ")).includes(registerCase(first ?? "")) &&
    person.birthDate >= (min ?? "") &&
    person.birthDate <= (max ?? "9999");
  return [({ officers }) => officers.some((officer) => officer.kind === "person" && matches(officer))];
}

function stateFilter(query: Query): Filter[] {
  const state = query.get("etat_administratif");
  return state === undefined ? [] : [({ ceasedOn }) => (ceasedOn === null) === (state === "A")];
}

function termsFilter(query: Query): Filter[] {
  const words = registerCase(query.get("q") ?? "").split(/\s+/);
  return [({ name, partialDiffusion }) => !partialDiffusion && words.every((word) => name.includes(word))];
}

/** A SIREN or SIRET in `q` is looked up and makes every filter silently void; other words search the directory. */
export function search(world: World, query: Query): Match[] {
  const digits = (query.get("q") ?? "").replace(/\s/g, "");
  if (/^\d{9}$/.test(digits)) return bySiren(world, digits);
  if (/^\d{14}$/.test(digits)) return bySiret(world, digits);
  const filters = [
    ...termsFilter(query),
    ...listFilters(query),
    ...stateFilter(query),
    ...booleanFilters(query),
    ...amountFilter(query, "ca", shownTurnover),
    ...amountFilter(query, "resultat_net", shownResult),
    ...personFilters(query),
  ];
  return world
    .directory()
    .filter((company) => filters.every((filter) => filter(company)))
    .toSorted((one, other) => openCount(other) - openCount(one))
    .map((company) => ({ company, matching: company.establishments }));
}

function openCount({ ceasedOn, establishments }: SandboxCompany): number {
  return ceasedOn === null ? establishments.filter(({ closedOn }) => closedOn === null).length : -1;
}

function bySiren(world: World, siren: string): Match[] {
  const company = world.find(siren);
  return company === null ? [] : [{ company, matching: [] }];
}

function bySiret(world: World, siret: string): Match[] {
  const company = world.find(siret.slice(0, 9));
  const establishment = company?.establishments.find((one) => one.siret === siret);
  return company && establishment ? [{ company, matching: [establishment] }] : [];
}
