import { ageOf } from "../world/calendar.ts";
import type { SandboxCompany } from "../world/company.ts";
import { registerCase } from "../world/person-names.ts";
import type { World } from "../world/world.ts";
import { baseJson } from "./company-json.ts";
import { addressJson, formattedSiret } from "./establishment-json.ts";
import { latestFinances } from "./finances-json.ts";
import { noticesJson } from "./notices-json.ts";

type Filter = (company: SandboxCompany) => boolean;
type Ask = (name: string) => string | undefined;

const LISTS: Record<string, (company: SandboxCompany) => string> = {
  code_naf: ({ activity }) => activity.code,
  departement: ({ address }) => address.town.department,
  region: ({ address }) => address.town.region.code,
  code_postal: ({ address }) => address.town.postalCode,
  categorie_juridique: ({ legalForm }) => legalForm.pappersCode,
  entreprise_cessee: ({ ceasedOn }) => String(ceasedOn !== null),
};

/** Search dates come as JJ-MM-AAAA, unlike those of the answers. */
function isoOf(date: string): string {
  return date.split("-").toReversed().join("-");
}

function between(ask: Ask, name: string, read: (company: SandboxCompany) => number | null): Filter[] {
  const min = ask(`${name}_min`);
  const max = ask(`${name}_max`);
  if (min === undefined && max === undefined) return [];
  return [
    (company) => {
      const value = read(company);
      return value !== null && value >= Number(min ?? -Infinity) && value <= Number(max ?? Infinity);
    },
  ];
}

/** Some person among the officers is of that age. */
function ageFilter(ask: Ask): Filter[] {
  const min = ask("age_dirigeant_min");
  const max = ask("age_dirigeant_max");
  if (min === undefined && max === undefined) return [];
  const fits = (age: number) => age >= Number(min ?? 0) && age <= Number(max ?? 200);
  return [
    ({ officers }) => officers.some((officer) => officer.kind === "person" && fits(ageOf(officer.birthDate))),
  ];
}

function creationFilter(ask: Ask): Filter[] {
  const min = ask("date_creation_min");
  const max = ask("date_creation_max");
  return [
    ({ createdOn }) =>
      (min === undefined || createdOn >= isoOf(min)) && (max === undefined || createdOn <= isoOf(max)),
  ];
}

function filtersOf(ask: Ask): Filter[] {
  const lists = Object.entries(LISTS).flatMap(([name, read]): Filter[] => {
    const wanted = ask(name)?.split(",");
    return wanted === undefined ? [] : [(company) => wanted.includes(read(company))];
  });
  const words = registerCase(ask("q") ?? "").split(/\s+/);
  return [
    ({ name, siren, partialDiffusion }) =>
      !partialDiffusion && words.every((word) => name.includes(word) || siren === word),
    ...lists,
    ...between(ask, "chiffre_affaires", (company) => latestFinances(company).chiffre_affaires),
    ...between(ask, "resultat", (company) => latestFinances(company).resultat),
    ...between(ask, "capital", ({ capital }) => capital),
    ...between(ask, "tranche_effectif", ({ band }) => (band.code === "NN" ? 0 : Number(band.code))),
    ...ageFilter(ask),
    ...creationFilter(ask),
  ];
}

/** A SIREN in `q` finds its company wherever it is; anything else looks through the directory. */
export function findCompanies(world: World, ask: Ask): SandboxCompany[] {
  const digits = (ask("q") ?? "").replace(/\s/g, "");
  if (/^\d{9}$/.test(digits)) return [world.find(digits)].filter((company) => company !== null);
  const filters = filtersOf(ask);
  return world.directory().filter((company) => filters.every((filter) => filter(company)));
}

export function searchResultJson(company: SandboxCompany) {
  const siret = company.establishments[0]?.siret ?? "";
  const address = addressJson(company.address, company.partialDiffusion);
  return {
    ...baseJson(company),
    siege: { siret, siret_formate: formattedSiret(siret), nic: siret.slice(9), ...address },
    villes: [...new Set(company.establishments.map(({ address }) => address.town.name))],
    ...latestFinances(company),
    nb_dirigeants_total: company.officers.length,
    nb_beneficiaires_total: 0,
    nb_documents_avec_mentions: 0,
    nb_documents_total: company.filings.length,
    nb_publications_avec_mentions: 0,
    nb_publications_total: noticesJson(company).length,
  };
}
