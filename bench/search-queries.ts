import type { Random } from "../local/sandbox/world/random.ts";
import { DEPARTEMENTS } from "../src/domain/companies/departement-table.ts";
import type { CompanyFilter, CompanySort } from "../src/domain/search/company-filter.ts";
import { foldCity } from "../src/lib/fold-city.ts";
import { foldText } from "../src/lib/fold-text.ts";
import { GENERATED_AT, NAF_CODES } from "./company-generator.ts";
import { COMMUNES } from "./french-communes.ts";
import { FREQUENT_WORDS, RARE_NAMES } from "./french-names.ts";
import { ZipfTable } from "./zipf-table.ts";

export interface SearchCase {
  filter: CompanyFilter;
  sort: CompanySort;
  reversed: boolean;
}

/** A kind of search that users send, with other values each time. */
export interface SearchQuery {
  name: string;
  /** What it asks, for a reader. */
  asks: string;
  draw: (random: Random) => SearchCase;
}

const DAY_MS = 86_400_000;
const DIVISIONS = ["46", "47", "43", "41", "62", "70", "25", "10", "56", "49"];
const DIVIDED = new Set(["paris", "lyon", "marseille"]);
/** From a tenth of all companies to hardly any. */
const NAF_2025_DIVISIONS = ["46", "62", "25", "39", "12", "05"];
/** One company in 250, in 170, none: what is not there has to be noticed without looking everywhere. */
const RARE_FORMS = ["6599", "5599", "3120"];
const naf = new ZipfTable(NAF_CODES, 1);
const communes = new ZipfTable(COMMUNES, 0.75);

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.int(0, items.length - 1)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

const departement = (random: Random): string => pick(random, DEPARTEMENTS)[0];
/** As often as companies are there: by their departments. */
const region = (random: Random): string => pick(random, DEPARTEMENTS)[2];

/** As the edge folds it: a city with arrondissements is meant whole. */
function city(random: Random): string {
  const folded = foldCity(communes.draw(random).name);
  const [first = ""] = folded.split(" ");
  return DIVIDED.has(first) ? first : folded;
}

function by(
  sort: CompanySort,
  draw: (random: Random) => CompanyFilter,
  reversed = false,
): SearchQuery["draw"] {
  return (random) => ({ filter: draw(random), sort, reversed });
}

/** Checked for what they read, besides the twelve; not timed. */
export const CHECKED_QUERIES: readonly SearchQuery[] = [
  {
    name: "naf_2025_division",
    asks: "one division of NAF 2025, rare ones too",
    draw: by("score", (random) => ({
      code_naf: [pick(random, NAF_2025_DIVISIONS)],
      naf_version: "2025",
    })),
  },
  {
    name: "rare_legal_form",
    asks: "one rare legal form",
    draw: by("score", (random) => ({ forme_juridique: [pick(random, RARE_FORMS)] })),
  },
  {
    name: "with_contacts",
    asks: "where the organisation has a contact: a few dozen companies",
    draw: by("score", () => ({ has_contacts: true })),
  },
  {
    name: "several_departments",
    asks: "two to five departments, 50 staff or more",
    draw: by("score", (random) => ({
      departement: Array.from({ length: random.int(2, 5) }, () => departement(random)),
      effectif_min: 50,
    })),
  },
];

export const SEARCH_QUERIES: readonly SearchQuery[] = [
  { name: "whole_base_by_score", asks: "no filter", draw: by("score", () => ({})) },
  {
    name: "department_by_score",
    asks: "one department",
    draw: by("score", (random) => ({ departement: [departement(random)] })),
  },
  {
    name: "department_and_naf_code",
    asks: "one department, one activity",
    draw: by("score", (random) => ({ departement: [departement(random)], code_naf: [naf.draw(random)] })),
  },
  {
    name: "division_high_turnover",
    asks: "one NAF division, turnover from 1 to 5 million up, by turnover",
    draw: by("ca", (random) => ({
      code_naf: [pick(random, DIVISIONS)],
      ca_min: random.int(1, 5) * 1_000_000,
    })),
  },
  {
    name: "city_by_score",
    asks: "one city, large ones more often",
    draw: by("score", (random) => ({ ville: [city(random)] })),
  },
  {
    name: "postal_code_by_name",
    asks: "one postal code, by name",
    draw: by("nom", (random) => ({ code_postal: [communes.draw(random).codePostal] })),
  },
  {
    name: "region_and_staff_band",
    asks: "one region, 20 to 49 staff",
    draw: by("score", (random) => ({ region: [region(random)], effectif_min: 20, effectif_max: 49 })),
  },
  {
    name: "score_floor_and_age",
    asks: "score from 60 up, 10 to 30 years old at least, active",
    draw: by("score", (random) => ({ score_min: 60, age_min: random.int(10, 30), statut: "active" })),
  },
  {
    name: "name_rare",
    asks: "a rare word of the name",
    draw: by("score", (random) => ({ q: foldText(pick(random, RARE_NAMES)) })),
  },
  {
    name: "name_common",
    asks: "a frequent word of the name, active",
    draw: by("score", (random) => ({ q: foldText(pick(random, FREQUENT_WORDS)), statut: "active" })),
  },
  {
    name: "fresh_in_department",
    asks: "one department, refreshed in the last 1 to 30 days, by freshness",
    draw: by("fraicheur", (random) => ({
      departement: [departement(random)],
      enriched_since: new Date(GENERATED_AT - random.int(1, 30) * DAY_MS).toISOString(),
    })),
  },
  {
    name: "target_profile",
    asks: "one region, industry, turnover 1 to 10 million, SAS, 15 years or more, active",
    draw: by("score", (random) => ({
      region: [region(random)],
      code_naf: ["C"],
      ca_min: 1_000_000,
      ca_max: 10_000_000,
      forme_juridique: ["5710"],
      age_min: 15,
      statut: "active",
    })),
  },
];
