import codesNaf from "@socialgouv/codes-naf/index.json" with { type: "json" };
import { Random } from "../local/sandbox/world/random.ts";
import { nafRange } from "../src/domain/companies/naf.ts";
import { COMMUNES, type Commune } from "./french-communes.ts";
import { companyName, familyName } from "./french-names.ts";
import { SirenSequence } from "./sirens.ts";
import { ZipfTable } from "./zipf-table.ts";

/** A row of `companies` as a copy takes it; generated columns are the database's. */
export interface GeneratedCompany {
  siren: string;
  nom_entreprise: string | null;
  statut: string;
  diffusion: string;
  code_naf: string;
  code_naf_2025: string | null;
  forme_juridique: string;
  categorie_entreprise: string | null;
  date_creation: string;
  tranche_effectif: string | null;
  effectif: number | null;
  chiffre_affaires: number | null;
  resultat: number | null;
  ville: string;
  code_postal: string;
  departement: string;
  region: string | null;
  ma_score: number | null;
  score_confidence: number;
  score: string;
  facts_hash: string;
  first_seen_at: string;
  last_scraped_at: string;
}

/** Companies are found as of this moment: a run of next year loads the same rows. */
export const GENERATED_AT = Date.UTC(2026, 10, 20);
const DAY_MS = 86_400_000;

/** The most frequent activities of the register; the others follow in an order of their own. */
const FREQUENT_NAF = [
  "68.20B",
  "70.22Z",
  "47.91B",
  "56.10A",
  "43.39Z",
  "96.02A",
  "62.01Z",
  "64.20Z",
  "41.20A",
  "43.22A",
  "49.41A",
  "68.10Z",
  "74.10Z",
  "43.21A",
  "10.71C",
  "45.20A",
  "86.21Z",
  "69.10Z",
  "25.62B",
  "81.21Z",
];

const LEGAL_FORMS = [
  ["1000", 34],
  ["5499", 22],
  ["5710", 17],
  ["6540", 14],
  ["5498", 6],
  ["9220", 4],
  ["5720", 2],
  ["5599", 0.6],
  ["6599", 0.4],
] as const;

interface Band {
  code: string | null;
  least: number;
  most: number;
  categorie: string | null;
}

const BANDS: readonly (readonly [Band, number])[] = [
  [{ code: "NN", least: 0, most: 0, categorie: "PME" }, 46],
  [{ code: null, least: 0, most: 3, categorie: null }, 14],
  [{ code: "00", least: 0, most: 0, categorie: "PME" }, 10],
  [{ code: "01", least: 1, most: 2, categorie: "PME" }, 14],
  [{ code: "02", least: 3, most: 5, categorie: "PME" }, 7],
  [{ code: "03", least: 6, most: 9, categorie: "PME" }, 4],
  [{ code: "11", least: 10, most: 19, categorie: "PME" }, 2.8],
  [{ code: "12", least: 20, most: 49, categorie: "PME" }, 1.4],
  [{ code: "21", least: 50, most: 99, categorie: "PME" }, 0.45],
  [{ code: "22", least: 100, most: 199, categorie: "ETI" }, 0.2],
  [{ code: "31", least: 200, most: 249, categorie: "ETI" }, 0.07],
  [{ code: "32", least: 250, most: 499, categorie: "ETI" }, 0.05],
  [{ code: "41", least: 500, most: 999, categorie: "ETI" }, 0.02],
  [{ code: "42", least: 1000, most: 1999, categorie: "GE" }, 0.007],
  [{ code: "51", least: 2000, most: 4999, categorie: "GE" }, 0.003],
];

/** Whole rev. 2 codes, the most frequent first. */
export const NAF_CODES: readonly string[] = [
  ...FREQUENT_NAF,
  ...shuffled(
    codesNaf.map(({ id }) => id).filter((id) => nafRange(id, "rev2")?.to === null),
    new Random("naf"),
  ).filter((id) => !FREQUENT_NAF.includes(id)),
];

/** The same seed, the same companies in the same order; no SIREN twice within sixty millions. */
export class CompanyGenerator {
  readonly #random: Random;
  readonly #sirens = new SirenSequence();
  readonly #communes = new ZipfTable(COMMUNES, 0.75);
  readonly #activities = new ZipfTable(NAF_CODES, 1);
  readonly #forms = ZipfTable.weighted(LEGAL_FORMS);
  readonly #bands = ZipfTable.weighted(BANDS);

  constructor(seed: string) {
    this.#random = new Random(seed);
  }

  next(): GeneratedCompany {
    const random = this.#random;
    const commune = this.#communes.draw(random);
    const naf = this.#activities.draw(random);
    const form = this.#forms.draw(random);
    const band = this.#bands.draw(random);
    const [siren = ""] = this.#sirens.take(1);
    const cessee = random.chance(0.25);
    const scraped = GENERATED_AT - Math.floor(random.next() ** 2 * 730 * DAY_MS);
    const seen = scraped - Math.floor(random.next() * 400 * DAY_MS);
    const score = scoreOf(random, band);
    return {
      siren,
      nom_entreprise: nameOf(random, form, commune),
      statut: cessee ? "cessee" : "active",
      diffusion: random.chance(0.06) ? "partielle" : "complete",
      code_naf: naf,
      code_naf_2025: random.chance(0.7) ? `${naf.slice(0, 5)}Y` : null,
      forme_juridique: form,
      categorie_entreprise: band.categorie,
      date_creation: dayOf(GENERATED_AT - (random.next() ** 1.7 * 60 + 0.1) * 365.25 * DAY_MS),
      tranche_effectif: band.code,
      effectif: random.chance(0.15) ? random.int(band.least, band.most) : null,
      ...accountsOf(random, band),
      ville: commune.name,
      code_postal: commune.codePostal,
      departement: commune.departement,
      region: commune.region,
      ma_score: score,
      score_confidence: Math.round((0.3 + random.next() * 0.65) * 100) / 100,
      score: `{"model":"bench","ma_score":${score ?? "null"}}`,
      facts_hash: hashOf(random),
      first_seen_at: new Date(seen).toISOString(),
      last_scraped_at: new Date(scraped).toISOString(),
    };
  }
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

/** Box and Muller: mean 0, deviation 1. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function scoreOf(random: Random, band: Band): number | null {
  if (random.chance(0.15)) return null;
  const mean = 44 + Math.min(16, 4 * Math.log1p(band.least));
  return Math.max(0, Math.min(100, Math.round(mean + 14 * normal(random))));
}

/** Euros, log-normal around what a staff like that sells; most accounts are not published. */
function accountsOf(random: Random, band: Band): Pick<GeneratedCompany, "chiffre_affaires" | "resultat"> {
  if (random.chance(0.6)) return { chiffre_affaires: null, resultat: null };
  const ca = Math.round(90_000 * (1 + band.least) * Math.exp(normal(random)));
  return { chiffre_affaires: ca, resultat: Math.round(ca * (0.05 + 0.09 * normal(random))) };
}

function nameOf(random: Random, form: string, commune: Commune): string | null {
  if (random.chance(0.01)) return null;
  return form === "1000"
    ? `${familyName(random)} ${familyName(random)}`
    : companyName(random, { realEstate: form === "6540", town: commune.name });
}

function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** As wide as a real one: 64 hexadecimal digits. */
function hashOf(random: Random): string {
  let hash = "";
  while (hash.length < 64) {
    hash += Math.floor(random.next() * 4_294_967_296)
      .toString(16)
      .padStart(8, "0");
  }
  return hash;
}
