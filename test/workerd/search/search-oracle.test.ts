import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TRANCHES_EFFECTIF } from "../../../src/domain/companies/tranche-effectif.ts";
import {
  COMPANY_SORTS,
  type CompanyFilter,
  type CompanySort,
  type CompanySummary,
} from "../../../src/domain/search/company-filter.ts";
import {
  cityKeyOf,
  comparePlaces,
  isRanked,
  nameKeyOf,
  placeOf,
} from "../../../src/domain/search/company-order.ts";
import { DiscoveryRefused } from "../../../src/domain/search/errors.ts";
import { matchesFilter } from "../../../src/domain/search/matches-filter.ts";
import type { SearchPlace } from "../../../src/domain/search/ports.ts";
import { foldCity } from "../../../src/lib/fold-city.ts";
import { foldText } from "../../../src/lib/fold-text.ts";
import { CompanyChangeRepository } from "../../../src/storage/postgres/company-change-repository.ts";
import { SUMMARY_COLUMNS } from "../../../src/storage/postgres/company-search-statements.ts";
import { CompanySearchRepository } from "../../../src/storage/postgres/company-search-repository.ts";
import { companySummaryOf } from "../../../src/storage/postgres/company-summary-row.ts";
import { type Database, StatementTooSlow, transactWithin } from "../../../src/storage/postgres/database.ts";
import { mintSiren } from "../../support/mint-siren.ts";
import { buildFacts } from "../../support/build-facts.ts";
import { database, mintWorld } from "../../support/world.ts";
import { store } from "../pipeline/watched-world.ts";
import { type CompanyRow, deleteCompanies, insertCompanies, insertContact } from "./insert-companies.ts";

const SIEGE = {
  siret: null,
  adresse: null,
  code_postal: null,
  code_commune: null,
  departement: null,
  region: null,
  latitude: null,
  longitude: null,
};

const REGION = "oracle of the search";
const ORGANISATION = "org_search_oracle";
const ANOTHER = "org_search_oracle_another";
const SEED = 20_261_121;

const some = <T>(...values: T[]) => fc.constantFrom<(T | null)[]>(null, ...values);

const NAMES = [
  "Ateliers Durand",
  "ATELIERS DURAND",
  "Œuvre & Fils",
  "ÉTÉ",
  "SA",
  "Le Bon Coin",
  "!!!",
  "dur",
  "3 D",
  `Ateliers ${"très ".repeat(50)}Durand`,
];
const TOWNS = [
  "PARIS",
  "PARIS 8",
  "Paris 16",
  "PARIS-PLAGE",
  "LYON 3",
  "SAINT-ÉTIENNE",
  "L'Haÿ-les-Roses",
  "Paris 8e Arrondissement",
  "Lyon 3ème",
  "STE-FOY",
  "St Étienne",
  "",
];
const NAF = ["01.11Z", "01.12Z", "02.10Z", "02.20Z", "03.11Z", "99.00Z"];
const NAF_2025 = ["01.11Y", "01.12Y", "02.10G", "03.11Y", "99.00Y"];
const FORMS = ["5710", "5499", "5410", "1000", "9220"];
const BIRTHS = [
  "1990-01-01",
  "2024-02-29",
  "2027-02-28",
  "2027-03-01",
  "2026-11-21",
  "2030-01-01",
  "1899-12-31",
];
const MOMENTS = ["2026-01-01T00:00:00.000Z", "2026-06-01T00:00:00.001Z", "2026-06-01T00:00:00.002Z"];

const row: fc.Arbitrary<Omit<CompanyRow, "siren">> = fc.record({
  nom_entreprise: some(...NAMES),
  statut: some("active", "cessee"),
  code_naf: some(...NAF),
  code_naf_2025: some(...NAF_2025),
  forme_juridique: some(...FORMS),
  date_creation: some(...BIRTHS),
  tranche_effectif: some("NN", "00", "01", "11", "53", "ZZ"),
  effectif: some(0, 1, 10, 11, 10_000),
  chiffre_affaires: some(-1_000_000_000_000, -1, 0, 1, 1_500_000, 1_000_000_000_000),
  ville: some(...TOWNS),
  code_postal: some("75008", "69003", "42000"),
  departement: some("75", "69", "42", "2A"),
  ma_score: some(0, 1, 50, 99, 100),
  last_scraped_at: fc.constantFrom(...MOMENTS),
});

const list = <T>(values: readonly T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });

const filter: fc.Arbitrary<CompanyFilter> = fc.record(
  {
    score_min: fc.constantFrom(0, 1, 50),
    score_max: fc.constantFrom(0, 50, 100),
    ca_min: fc.constantFrom(-1_000_000_000_000, 0, 1),
    ca_max: fc.constantFrom(-1, 1_500_000, 1_000_000_000_000),
    effectif_min: fc.constantFrom(0, 1, 10),
    effectif_max: fc.constantFrom(0, 10, 10_000),
    ville: list([
      "paris",
      "paris 8",
      "lyon",
      "saint etienne",
      "l hay les roses",
      "marseille",
      "lyon 3",
      "sainte foy",
    ]),
    code_postal: list(["75008", "69003"]),
    departement: list(["75", "69", "2A"]),
    code_naf: list(["01.11Z", "02.10G", "01.1", "01", "A", "U", "99.0", "03.11"]),
    naf_version: fc.constantFrom("rev2" as const, "2025" as const),
    forme_juridique: list(["5710", "54", "1", "9220", "5"]),
    age_min: fc.constantFrom(0, 1, 3, 4, 100),
    age_max: fc.constantFrom(0, 1, 3, 35, 200),
    statut: fc.constantFrom("active" as const, "cessee" as const),
    has_contacts: fc.boolean(),
    enriched_since: fc.constantFrom(...MOMENTS),
    q: fc.constantFrom("ateliers", "durand at", "dur", "sa", "3 d", "le", "oeuvre fils", "coin bo"),
  },
  { requiredKeys: [] },
);

/** One or two members of a filter: with all of them nothing is left to compare. */
const fewMembers = fc
  .tuple(filter, fc.array(fc.nat(17), { maxLength: 3 }))
  .map(([all, kept]): CompanyFilter => {
    const entries = Object.entries(all).filter((_, index) => kept.includes(index));
    return Object.fromEntries(entries);
  });

const moment = fc.constantFrom(
  ...["2026-11-21", "2027-02-28", "2027-03-01", "2028-02-29", "2028-03-01"].map((day) => Date.parse(day)),
);

let companies: CompanySummary[] = [];
const reachable = new Set<string>();

beforeAll(async () => {
  const rows = fc.sample(row, { seed: SEED, numRuns: 150 });
  const made = rows.map((one, index) => ({ ...one, region: REGION, siren: mintSiren(`oracle ${index}`) }));
  await insertCompanies(made);
  for (const [index, { siren }] of made.entries()) {
    if (index % 5 === 0) {
      await insertContact(
        ORGANISATION,
        siren,
        index % 2 === 0 ? { email: "a@example.com" } : { telephone: "+331" },
      );
      reachable.add(siren);
    }
    if (index % 7 === 1) await insertContact(ANOTHER, siren, { email: "b@example.com" });
    if (index % 11 === 2 && index % 5 !== 0) await insertContact(ORGANISATION, siren);
  }
  const found = await database().query(`select ${SUMMARY_COLUMNS} from companies c where region = $1`, [
    REGION,
  ]);
  companies = found.map(companySummaryOf);
});

afterAll(async () => {
  await database().query("delete from companies where region like $1 || '%'", [REGION]);
  await database().query("delete from contacts where organisation_id = any($1::text[])", [
    [ORGANISATION, ANOTHER],
  ]);
});

interface Walk {
  filter: CompanyFilter;
  now: number;
  sort: CompanySort;
  reversed: boolean;
  limit: number;
}

/** Every page to the end; `between` happens after each. */
async function walk(
  wish: Walk,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const repository = new CompanySearchRepository(database());
  const { now, ...page } = wish;
  const sirens: string[] = [];
  let after: SearchPlace | null = null;
  for (let number = 0; ; number += 1) {
    const context = { organisationId: ORGANISATION, now };
    const { companies: found, estimate } = await repository.find({ ...page, context, after });
    expect(estimate === null).toBe(after !== null);
    sirens.push(...found.map(({ summary }) => summary.siren));
    after = found.at(-1)?.place ?? null;
    if (found.length < wish.limit) return sirens;
    await between(number);
  }
}

function expected({ filter: wanted, now, sort, reversed }: Walk): string[] {
  const order = comparePlaces(sort, reversed);
  return companies
    .filter((company) => matchesFilter(company, wanted, { now, reachable }))
    .filter((company) => !reversed || isRanked(company, sort))
    .map((company) => placeOf(company, sort))
    .toSorted(order)
    .map(({ siren }) => siren);
}

test("whatever the filter and the order, the pages are what the predicate picks, in its order", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fewMembers,
      fc.record({
        now: moment,
        sort: fc.constantFrom(...COMPANY_SORTS),
        reversed: fc.boolean(),
        limit: fc.integer({ min: 9, max: 60 }),
      }),
      async (members, page) => {
        const wish = { filter: { ...members, region: [REGION] }, ...page };
        const wanted = expected(wish);
        expect(await walk(wish)).toEqual(wanted);
        found += wanted.length;
      },
    ),
    { seed: SEED, numRuns: 150 },
  );
  expect(found).toBeGreaterThan(1_000);
});

test.each(COMPANY_SORTS)("by %s, both ways, nothing comes twice and nothing is left out", async (sort) => {
  for (const reversed of [false, true]) {
    const wish = { filter: { region: [REGION] }, now: Date.parse("2026-11-21"), sort, reversed, limit: 7 };
    expect(await walk(wish)).toEqual(expected(wish));
  }
});

test.each(COMPANY_SORTS)(
  "by %s, companies that come and go between two pages neither repeat nor hide the others",
  async (sort) => {
    const region = `${REGION}, ${sort}`;
    const rows = fc.sample(row, { seed: SEED, numRuns: 60 });
    const made = rows.map((one, index) => ({ ...one, region, siren: mintSiren(`${sort} ${index}`) }));
    const comers = fc
      .sample(row, { seed: SEED + 1, numRuns: 30 })
      .map((one, index) => ({ ...one, region, siren: mintSiren(`${sort} comer ${index}`) }));
    await insertCompanies(made);
    const leaving = made.filter((_, index) => index % 4 === 0).map(({ siren }) => siren);
    const staying = made.filter((_, index) => index % 4 !== 0).map(({ siren }) => siren);
    const wish = {
      filter: { region: [region] },
      now: Date.parse("2026-11-21"),
      sort,
      reversed: false,
      limit: 9,
    };
    const seen = await walk(wish, async (page) => {
      await insertCompanies(comers.slice(page * 4, page * 4 + 4));
      await deleteCompanies(leaving.slice(page * 3, page * 3 + 3));
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(staying));
  },
);

test("names and cities are folded in the database as they are by us", async () => {
  const letters = fc.oneof(
    { weight: 2, arbitrary: fc.string({ unit: "grapheme" }) },
    fc.string({ unit: fc.integer({ min: 1, max: 0x2fff }).map((code) => String.fromCodePoint(code)) }),
    fc.string({ unit: "binary" }),
  );
  const words = fc.constantFrom(
    "St",
    "STE",
    "ste-",
    "Paris",
    "1er",
    "8È",
    "8ème",
    "08",
    "116e",
    "Arrondissement",
    "st8e",
  );
  const towns = fc.array(words, { minLength: 1, maxLength: 6 }).map((some) => some.join(" "));
  const texts = fc
    .sample(fc.oneof({ weight: 4, arbitrary: letters }, towns), { seed: SEED, numRuns: 6_000 })
    .filter((text) => !text.includes("\0") && text.isWellFormed());
  const rows = await database().query(
    "select fold_text(given) as folded, fold_city(given) as city from unnest($1::text[]) with ordinality as t (given, n) order by n",
    [texts],
  );
  const ours = texts.map((text) => ({ folded: foldText(text), city: foldCity(text) }));
  const differing = ours.filter(({ folded, city }, index) => {
    const row = rows[index];
    return row?.["folded"] !== folded || row["city"] !== city;
  });
  expect(differing).toEqual([]);
});

test("a company whose name and city are longer than an index takes is stored, and found by how they begin", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const long = fc.string({
    unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789".split("")),
    minLength: 3_000,
    maxLength: 3_000,
  });
  const [name = "", ville = ""] = fc.sample(long, { seed: SEED, numRuns: 2 });
  const facts = buildFacts({ siren, nom_entreprise: name });
  await store(world, { ...facts, siege: { ...SIEGE, ville } });
  const [row] = await database().query(
    "select nom_cle, ville_cle, nom_entreprise, ville from companies where siren = $1",
    [siren],
  );
  expect(row).toEqual({
    nom_cle: nameKeyOf({ nom_entreprise: name }),
    ville_cle: cityKeyOf(ville),
    nom_entreprise: name,
    ville,
  });
  expect([row?.["nom_cle"], row?.["ville_cle"]]).toEqual([name.slice(0, 200), ville.slice(0, 100)]);
});

test("a size band means the same least staff to the database and to us", async () => {
  const codes = [...TRANCHES_EFFECTIF.keys(), "ZZ", ""];
  const rows = await database().query(
    "select code, staff_floor(code) as least from unnest($1::text[]) as t (code)",
    [codes],
  );
  expect(rows).toEqual(codes.map((code) => ({ code, least: TRANCHES_EFFECTIF.get(code)?.min ?? null })));
});

test("a statement that runs longer than it may is cancelled by the database", async () => {
  const sleeping = transactWithin(database(), 50, [{ text: "select pg_sleep(20)", params: [] }]);
  await expect(sleeping).rejects.toBeInstanceOf(StatementTooSlow);
});

test("a search, or a list of changes, that the database cancels is refused as too broad", async () => {
  const slow = new Proxy<Database>(database(), {
    get: (target, name, receiver) =>
      name === "transaction"
        ? async () =>
            target.transaction([
              target.query("select set_config('statement_timeout', '50', true)"),
              target.query("select pg_sleep(20)"),
            ])
        : Reflect.get(target, name, receiver),
  });
  const page = { sort: "score", reversed: false, after: null, limit: 1 } as const;
  const context = { organisationId: ORGANISATION, now: 0 };
  const refused = new CompanySearchRepository(slow).find({ filter: {}, context, ...page });
  await expect(refused).rejects.toEqual(new DiscoveryRefused("search.too_slow"));
  const owner = { organisationId: ORGANISATION, mode: "live" } as const;
  const every = { siren: null, listId: null, since: null };
  const changes = new CompanyChangeRepository(slow).list(owner, every, { limit: 1, before: null });
  await expect(changes).rejects.toEqual(new DiscoveryRefused("search.too_slow"));
});
