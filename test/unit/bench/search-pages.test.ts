import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainSearches, plansReport } from "../../../bench/search-plans.ts";
import { loadCompanies } from "../../../bench/load-companies.ts";
import { migrate } from "../../../local/migrate.ts";
import { COMPANY_SORTS, type CompanySort } from "../../../src/domain/search/company-filter.ts";
import type { SearchPlace } from "../../../src/domain/search/ports.ts";
import { searchStatement } from "../../../src/storage/postgres/company-search-statements.ts";
import { startTemporaryPostgres, type TemporaryPostgres } from "../local/temporary-postgres.ts";

const ROWS = 20_000;
const CONTEXT = { organisationId: "org_test", now: Date.UTC(2026, 10, 20) };
const WALK_INDEXES = `select indexname, indexdef from pg_indexes where tablename = 'companies' order by 1`;

let postgres: TemporaryPostgres;
let client: Client;
let indexesBefore: unknown[];

beforeAll(async () => {
  postgres = await startTemporaryPostgres();
  await migrate(postgres.url);
  client = new Client({ connectionString: postgres.url });
  await client.connect();
  indexesBefore = (await client.query(WALK_INDEXES)).rows;
  await loadCompanies(client, ROWS, new AbortController().signal);
}, 60_000);

afterAll(async () => {
  await client.end();
  await postgres.remove();
});

test("loading leaves the indexes as the migrations made them", async () => {
  expect((await client.query(WALK_INDEXES)).rows).toEqual(indexesBefore);
});

async function allPages(sort: CompanySort, reversed: boolean, departement: string): Promise<string[]> {
  const found: string[] = [];
  let after: SearchPlace | null = null;
  for (;;) {
    const filter = { departement: [departement] };
    const { text, params } = searchStatement(filter, CONTEXT, { sort, reversed, after, limit: 37 });
    const { rows } = await client.query<{ siren: string; place: string }>(text, params);
    found.push(...rows.map(({ siren }) => siren));
    const last = rows.at(-1);
    if (last === undefined) return found;
    after = { value: last.place, siren: last.siren };
  }
}

const WHOLE: Record<CompanySort, string> = {
  score: "ma_score desc nulls last, siren desc",
  ca: "chiffre_affaires desc nulls last, siren desc",
  effectif: "nullif(tri_effectif, -1) desc nulls last, siren desc",
  nom: "nullif(nom_cle, '~') asc nulls last, siren asc",
  fraicheur: "last_scraped_at desc, siren desc",
};

test.each(COMPANY_SORTS)("pages by %s, put together, are the whole order, the unknown last", async (sort) => {
  const { rows } = await client.query<{ siren: string }>(
    `select siren from companies where departement = '75' order by ${WHOLE[sort]}`,
  );
  expect(rows.length).toBeGreaterThan(200);
  expect(await allPages(sort, false, "75")).toEqual(rows.map(({ siren }) => siren));
});

test.each(COMPANY_SORTS)("pages by %s, reversed, are the known ones backwards", async (sort) => {
  const forwards = await allPages(sort, false, "69");
  const backwards = await allPages(sort, true, "69");
  expect(backwards).toEqual(forwards.toReversed().slice(-backwards.length));
  expect(backwards.length).toBeGreaterThan(50);
});

test("no search that the benchmark sends reads every company", async () => {
  const plans = await explainSearches(client);
  expect(plansReport(plans)).not.toContain("READS EVERY COMPANY");
  expect(plans.filter((plan) => plan.readsAll)).toEqual([]);
});

test("a search that walks through all of an index is noticed by what it reads", async () => {
  await client.query("begin");
  await client.query("drop index companies_walk_forme");
  const plans = await explainSearches(client);
  await client.query("rollback");
  const most = plans.filter(({ query }) => query === "rare_legal_form").map(({ read }) => read);
  expect(Math.max(...most)).toBeGreaterThanOrEqual(ROWS);
});
