import { expect, test, vi } from "vitest";
import { z } from "zod";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { Problem } from "../../../src/http/problem.ts";
import { AnalyticsRepository } from "../../../src/storage/postgres/analytics-repository.ts";
import { mintSiren } from "../../support/mint-siren.ts";
import { mintKey, mintWorld, type World } from "../../support/world.ts";
import {
  type CompanyRow,
  deleteCompanies,
  insertCompanies,
  insertContact,
  mintCohort,
} from "./insert-companies.ts";

const Page = z.object({
  data: z.array(z.looseObject({ siren: z.string().optional() })),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
  estimated_total: z.int(),
});
type Page = z.infer<typeof Page>;

async function search(world: World, query: string): Promise<Page> {
  const response = await world.request(`/api/v2/companies?${query}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return Page.parse(await response.json());
}

const sirensOf = ({ data }: Page): (string | undefined)[] => data.map(({ siren }) => siren);

/** An organisation, and companies that only this test finds, by a word of their names. */
async function mintSearch(
  count: number,
  change: (row: CompanyRow, index: number) => CompanyRow = (row) => row,
) {
  const world = await mintWorld();
  const { word, rows } = mintCohort(world.siren("cohort"), count);
  const companies = rows.map(change);
  await insertCompanies(companies);
  return { world, word, companies };
}

async function refusal(world: World, query: string, language = "en") {
  const response = await world.request(`/api/v2/companies?${query}`, {
    headers: { "accept-language": language },
  });
  expect({ query, status: response.status }).toEqual({ query, status: 400 });
  const { errors = [] } = Problem.parse(await response.json());
  return errors.map(({ pointer, message, fix }) => ({ pointer, message, fix }));
}

test("a search answers whole summaries, in the shape of the company", async () => {
  const { world, word, companies } = await mintSearch(1, (row) => ({
    ...row,
    ma_score: 71,
    statut: "active",
    code_naf: "25.62B",
    forme_juridique: "5710",
    tranche_effectif: "12",
    chiffre_affaires: 1_500_000,
    date_creation: "1987-03-11",
    ville: "LYON 3",
    code_postal: "69003",
    departement: "69",
    region: "84",
  }));
  const page = await search(
    world,
    `q=${word}&region=auvergne-rhone-alpes&ville=Lyon&code_naf=C&ca_min=1500000`,
  );
  expect(page).toMatchObject({ next_cursor: null, has_more: false, estimated_total: 1 });
  expect(page.data).toEqual([
    {
      siren: companies[0]?.siren,
      nom_entreprise: companies[0]?.nom_entreprise,
      statut: "active",
      diffusion: "complete",
      code_naf: "25.62B",
      code_naf_2025: null,
      secteur_activite: "Mécanique industrielle",
      forme_juridique: { code: "5710", libelle: "SAS" },
      categorie_entreprise: null,
      date_creation: "1987-03-11",
      tranche_effectif: { code: "12", min: 20, max: 49 },
      effectif: null,
      chiffre_affaires: 1_500_000,
      resultat: null,
      siege: { code_postal: "69003", ville: "LYON 3", departement: "69", region: "84" },
      ma_score: 71,
      score_confidence: null,
      last_scraped_at: "2026-11-20T09:00:00.000Z",
    },
  ]);
});

test("the pages follow one another by cursor and by Link, and the total never falls below what was seen", async () => {
  const { world, word, companies } = await mintSearch(45);
  const seen: (string | undefined)[] = [];
  const pages: Page[] = [];
  let address: string | undefined = `/api/v2/companies?q=${word}&sort=nom&limit=10`;
  while (address !== undefined) {
    const response = await world.request(address);
    const page = Page.parse(await response.json());
    pages.push(page);
    seen.push(...sirensOf(page));
    expect(page.estimated_total).toBeGreaterThanOrEqual(seen.length);
    [, address] = /^<https:\/\/api\.test(.+)>; rel="next"$/.exec(response.headers.get("link") ?? "") ?? [];
    const linked = new URL(address ?? "/", "https://api.test").searchParams.get("cursor");
    expect(page).toMatchObject({ next_cursor: linked, has_more: linked !== null });
  }
  expect(pages.at(-1)).toMatchObject({ next_cursor: null, estimated_total: 45 });
  expect(seen).toEqual(companies.map(({ siren }) => siren));
});

test("against the natural order, companies whose value is unknown are left out", async () => {
  const { world, word } = await mintSearch(15);
  expect((await search(world, `q=${word}`)).data).toHaveLength(15);
  const rising = (await search(world, `q=${word}&order=asc`)).data.map((company) => company["ma_score"]);
  expect(rising).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]);
  expect((await search(world, `q=${word}&order=desc`)).data.at(-1)).toMatchObject({ ma_score: null });
});

test("a cursor is refused when altered, of other filters, of another order or of another organisation", async () => {
  const { world, word } = await mintSearch(5);
  const stranger = await mintWorld();
  const { next_cursor } = await search(world, `q=${word}&limit=2`);
  const cursor = next_cursor ?? "";
  expect(sirensOf(await search(world, `q=${word}&limit=3&cursor=${cursor}&fields=siren`))).toHaveLength(3);
  const flipped = cursor.split("").map((character, index) => {
    return cursor.slice(0, index) + (character === "A" ? "B" : "A") + cursor.slice(index + 1);
  });
  const forgeries = [
    ...flipped.filter((_, index) => index % 5 === 0),
    cursor.slice(0, -1),
    `${cursor}A`,
    cursor.split(".")[0] ?? "",
    "",
    "x",
    "..",
    "%00",
    "a.b.c",
    "é",
    "A".repeat(9_000),
  ].map((forged) => `q=${word}&cursor=${forged}`);
  const others = [
    `q=${word}x&cursor=${cursor}`,
    `q=${word}&score_min=1&cursor=${cursor}`,
    `q=${word}&sort=ca&cursor=${cursor}`,
    `q=${word}&order=asc&cursor=${cursor}`,
  ];
  for (const query of [...forgeries, ...others]) {
    expect(await refusal(world, query)).toEqual([
      {
        pointer: "/cursor",
        message: "This is no cursor of this search.",
        fix: "Send `next_cursor` as it was given, with the same filters and sort, or start again.",
      },
    ]);
  }
  expect((await refusal(stranger, `q=${word}&cursor=${cursor}`, "fr"))[0]).toMatchObject({
    pointer: "/cursor",
  });
});

test("the same filters written another way keep the cursor", async () => {
  const { world, word } = await mintSearch(5, (row) => ({
    ...row,
    ville: "SAINT-ÉTIENNE",
    departement: "42",
  }));
  const { next_cursor } = await search(world, `q=${word}&ville=St-Etienne,Lyon&departement=42,1&limit=2`);
  const again = `order=desc&departement=01,42&ville=lyon,saint%20%C3%A9tienne&q=${word.toUpperCase()}`;
  expect((await search(world, `${again}&cursor=${next_cursor ?? ""}`)).data).toHaveLength(3);
});

test("a walk that began yesterday goes on with yesterday's ages", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-20T23:59:00Z") });
  const { world, word } = await mintSearch(4, (row) => ({ ...row, date_creation: "2016-11-21" }));
  const query = `q=${word}&age_max=9&limit=2`;
  const { next_cursor } = await search(world, query);
  vi.setSystemTime(Date.parse("2026-11-21T00:01:00Z"));
  expect((await search(world, `${query}&cursor=${next_cursor ?? ""}`)).data).toHaveLength(2);
  expect((await search(world, query)).data).toEqual([]);
  vi.useRealTimers();
});

test("has_contacts is about the organisation's own contacts that can be reached", async () => {
  const { world, word, companies } = await mintSearch(4);
  const [own = "", other = "", silent = "", none = ""] = companies.map(({ siren }) => siren);
  await insertContact(world.organisationId, own, { email: "camille@example.com" });
  await insertContact(world.organisationId, silent);
  await insertContact((await mintWorld()).organisationId, other, { telephone: "+33199000000" });
  expect(sirensOf(await search(world, `q=${word}&has_contacts=true`))).toEqual([own]);
  const without = sirensOf(await search(world, `q=${word}&has_contacts=false`));
  expect(new Set(without)).toEqual(new Set([other, silent, none]));
});

test("fields keeps what it names, expand adds the parts it names, contacts of nobody else included", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  expect((await world.enrich({ siren })).status).toBe(200);
  const word = `zq${siren}`;
  await world.database.query("update companies set nom_entreprise = $2 where siren = $1", [
    siren,
    `Ateliers ${word}`,
  ]);
  await insertContact(world.organisationId, siren, { email: "camille@example.com" });
  await insertContact((await mintWorld()).organisationId, siren, { email: "secret@example.com" });
  const kept = await search(world, `q=${word}&fields=siren,siege.ville`);
  expect(kept.data).toEqual([{ siren, siege: { ville: expect.any(String) } }]);
  const whole = await (await world.request(`/api/v2/companies/${siren}`)).json<Record<string, unknown>>();
  const parts = [
    "score",
    "dirigeants",
    "details_financiers",
    "etablissements",
    "evenements",
    "contacts",
    "siege",
  ];
  const page = await search(world, `q=${word}&fields=siren&expand=${parts.join(",")}`);
  expect(page.data).toEqual([{ siren, ...Object.fromEntries(parts.map((part) => [part, whole[part]])) }]);
  expect(JSON.stringify(page)).toContain("camille@example.com");
  expect(JSON.stringify(page)).not.toContain("secret@example.com");
  const { data } = await search(world, `q=${word}&expand=sources`);
  expect(data[0]).toMatchObject({ siren, ma_score: expect.any(Number), sources: expect.any(Array) });
  expect(data[0]).not.toHaveProperty("contacts");
  const reach = await search(world, `q=${word}&fields=siren&expand=contacts&limit=200`);
  expect(reach.data).toEqual([{ siren, contacts: whole["contacts"] }]);
});

test.each([
  ["score_min=abc", "/score_min", "Send digits only"],
  ["score_min=1&score_min=2", "/score_min", "Keep one of them"],
  ["ca_min=", "/ca_min", "Send digits only"],
  ["effectif_max=-1", "/effectif_max", "no less than 0"],
  ["ville=%00", "/ville", "Send 1 to 100 characters"],
  ["code_postal=6900", "/code_postal", "leading zero included"],
  ["departement=96", "/departement", "`69`, `2A` or `974`"],
  ["region=Bretange", "/region", "Did you mean `Bretagne`?"],
  ["code_naf=25.62M", "/code_naf", "a class (`25.62`)"],
  ["forme_juridique=SAS", "/forme_juridique", "1, 2 or 4 digits"],
  ["statut=actif", "/statut", "Did you mean `active`?"],
  ["has_contacts=yes", "/has_contacts", "Possible values: true, false."],
  ["enriched_since=demain", "/enriched_since", "Send `2026-11-01`"],
  ["enriched_since=0000-01-01", "/enriched_since", "Send `2026-11-01`"],
  ["q=%20", "/q", "at least one Latin letter"],
  ["sort=scores", "/sort", "Did you mean `score`?"],
  ["order=down", "/order", "Possible values: asc, desc."],
  ["limit=0", "/limit", "no less than 1"],
  ["limit=201", "/limit", "no greater than 200"],
  ["limit=1e2", "/limit", "Send digits only"],
  ["limit=5&limit=6", "/limit", "Keep one of them"],
  ["cursor=a&cursor=b", "/cursor", "Keep one of them"],
  ["fields=siret", "/fields", "Did you mean `siren`?"],
  ["fields=siege.cp", "/fields", "siege.code_postal"],
  ["fields=provenance.siren", "/fields", "Possible values"],
  ["expand=dirigeant", "/expand", "Did you mean `dirigeants`?"],
  ["score_mini=3", "/score_mini", "Did you mean `score_min`?"],
  ["__proto__=3", "/__proto__", "Possible fields"],
  ["score_min=80&score_max=70", "/score_min", "Swap them"],
  ["departement=75&region=84", "/departement", "Leave `region` out"],
  ["code_naf=V", "/code_naf", "Add naf_version=2025"],
  ["expand=contacts,score&limit=51", "/limit", "Send limit=50 or less"],
  ["code_naf=25.62B&naf_version=2025", "/code_naf", "Leave `naf_version` out"],
])("%s is refused at %s, in both languages", async (query, pointer, fix) => {
  const world = await mintWorld();
  const [english, ...more] = await refusal(world, query);
  expect(more).toEqual([]);
  expect(english).toMatchObject({ pointer, fix: expect.stringContaining(fix) });
  const [french] = await refusal(world, query, "fr");
  expect(french?.pointer).toBe(pointer);
  expect(french?.message).not.toBe(english?.message);
});

test("a test key searches the synthetic companies, page by page, and never a stored one", async () => {
  const { world, word } = await mintSearch(2);
  const key = await mintKey(world.organisationId);
  await world.database.query("update api_keys set mode = 'test' where prefix = $1", [key.slice(0, 16)]);
  const headers = { authorization: `Bearer ${key}` };
  const ask = async (query: string) =>
    Page.parse(await (await world.request(`/api/v2/companies?${query}`, { headers })).json());
  expect((await ask(`q=${word}`)).data).toEqual([]);
  const all = await ask("sort=nom");
  expect(all).toMatchObject({ has_more: false, estimated_total: all.data.length });
  expect(sirensOf(all)).toContain(RESERVED_SIRENS.complete);
  expect(sirensOf(all)).not.toContain(RESERVED_SIRENS.not_found);
  const first = await ask("sort=nom&limit=2");
  const rest = await ask(`sort=nom&cursor=${first.next_cursor ?? ""}`);
  expect([...sirensOf(first), ...sirensOf(rest)]).toEqual(sirensOf(all));
  const [complete] = (await ask("q=complet&expand=dirigeants&fields=siren")).data;
  expect(complete).toMatchObject({ siren: RESERVED_SIRENS.complete, dirigeants: expect.any(Array) });
  const live = await world.request(`/api/v2/companies?sort=nom&cursor=${first.next_cursor ?? ""}`);
  expect(live.status).toBe(400);
});

test("searching needs the right to read companies", async () => {
  const { organisationId, request } = await mintWorld();
  const key = await mintKey(organisationId, { scopes: ["usage:read"] });
  const headers = { authorization: `Bearer ${key}` };
  expect((await request("/api/v2/companies", { headers })).status).toBe(403);
  expect((await request("/api/v2/analytics/sectors", { headers })).status).toBe(403);
});

const Sectors = z.object({
  data: z.array(z.looseObject({ code_naf: z.string(), ca_moyen: z.number().nullable() })),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
  as_of: z.string().nullable(),
});

test("sectors are compared by their figures, which too few companies do not have", async () => {
  const world = await mintWorld();
  const rows = [
    ...[10, 20, 90].map((ma_score) => ({ code_naf: "99.00A", ma_score, chiffre_affaires: ma_score * 1_000 })),
    ...[10, 20].map((ma_score) => ({ code_naf: "99.00B", ma_score, chiffre_affaires: 9_000_000 })),
    ...[50, 50, 50, null].map((ma_score) => ({ code_naf: "99.00C", ma_score, chiffre_affaires: 70_000 })),
  ].map((row, index) => ({ ...row, statut: "active", siren: mintSiren(`sector ${index}`) }));
  await insertCompanies(rows);
  await new AnalyticsRepository(world.database).refresh();
  const ask = async (query: string) => {
    const response = await world.request(`/api/v2/analytics/sectors?code_naf=99&${query}`);
    expect(response.status).toBe(200);
    return Sectors.parse(await response.json());
  };
  const { data, as_of } = await ask("");
  expect(data[0]).toEqual({
    code_naf: "99.00A",
    libelle: null,
    entreprises: 3,
    entreprises_notees: 3,
    score_moyen: 40,
    score_p90: 76,
    entreprises_avec_ca: 3,
    ca_moyen: 40_000,
    ca_p90: 76_000,
  });
  expect(data[1]).toMatchObject({
    code_naf: "99.00B",
    entreprises: 2,
    score_moyen: null,
    ca_moyen: null,
    ca_p90: null,
  });
  expect(data[2]).toMatchObject({
    code_naf: "99.00C",
    entreprises: 4,
    entreprises_notees: 3,
    score_moyen: 50,
  });
  expect(as_of).toMatch(/^20/);
  const codes: string[] = [];
  let cursor = "";
  do {
    const page = await ask(`sort=ca_moyen&limit=1${cursor}`);
    codes.push(...page.data.map(({ code_naf }) => code_naf));
    cursor = page.next_cursor === null ? "" : `&cursor=${page.next_cursor}`;
  } while (cursor !== "");
  expect(codes).toEqual(["99.00C", "99.00A", "99.00B"]);
  await deleteCompanies(rows.map(({ siren }) => siren));
});

test.each([
  ["code_naf=25.62Y", "/code_naf"],
  ["code_naf=V", "/code_naf"],
  ["sort=ca", "/sort"],
  ["cursor=abc", "/cursor"],
  ["cursor=WyJjYV9tb3llbiIsMSwiMDEuMTFaIl0", "/cursor"],
  ["limit=201", "/limit"],
  ["naf=25", "/naf"],
])("of the sectors, %s is refused at %s", async (query, pointer) => {
  const world = await mintWorld();
  const response = await world.request(`/api/v2/analytics/sectors?${query}`);
  expect(response.status).toBe(400);
  expect(Problem.parse(await response.json()).errors?.map((error) => error.pointer)).toEqual([pointer]);
});
