import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { RESERVED_SIRENS } from "../../../src/domain/companies/reserved-sirens.ts";
import { StorageUnavailable } from "../../../src/domain/enrichment/errors.ts";
import { EXPORT_COLUMNS } from "../../../src/domain/exports/columns.ts";
import type { ExportOrder, Selection } from "../../../src/domain/exports/export.ts";
import { FILE_WRITERS } from "../../../src/domain/exports/formats/file-writers.ts";
import type { Cell, ExportRow } from "../../../src/domain/exports/ports.ts";
import { NeonDbError } from "@neondatabase/serverless";
import { QueryTooSlow } from "../../../src/domain/exports/errors.ts";
import { ExportRowReader } from "../../../src/storage/postgres/export-row-reader.ts";
import { AWKWARD_TEXTS } from "../../support/awkward-texts.ts";
import { writeFile } from "../../support/export-files.ts";
import { mintWorld, type World } from "../../support/world.ts";
import { zipEntries } from "../../support/zip-entries.ts";

const NOW = "2026-11-20T09:00:00.000Z";
const EARLIER = "2026-11-19T09:00:00.000Z";
const LATER = "2026-11-21T09:00:00.000Z";

interface Stored {
  siren: string;
  firstSeenAt?: string;
  /** What finds it again: of this test alone. */
  mark: string;
}

async function store(world: World, { siren, mark, firstSeenAt = EARLIER }: Stored): Promise<void> {
  await world.database.query(
    `insert into companies (siren, nom_entreprise, statut, diffusion, code_naf, forme_juridique, date_creation,
      tranche_effectif, effectif, chiffre_affaires, resultat, ville, code_postal, departement, region, ma_score,
      score_confidence, score, facts_hash, first_seen_at, last_scraped_at)
     values ($1, 'ATELIERS "NORD"', 'active', 'complete', '25.62B', '5710', '1994-03-01', '12', 34, 6240000, -1200, 'LYON',
       $2, '01', '84', 71, 0.85, '{}', 'hash', $3, $4)`,
    [siren, mark, firstSeenAt, NOW],
  );
}

/** In the order of their SIRENs. */
async function storeSome(world: World, count: number, mark: string): Promise<string[]> {
  const sirens = Array.from({ length: count }, (_, index) => world.siren(`company ${index}`)).sort();
  for (const siren of sirens) await store(world, { siren, mark });
  return sirens;
}

function orderOf(world: World, selection: Selection, changes: Partial<ExportOrder> = {}): ExportOrder {
  return {
    organisationId: world.organisationId,
    mode: "live",
    format: "csv",
    selection,
    columns: ["siren"],
    options: {},
    createdAt: NOW,
    ...changes,
  };
}

async function allPages(world: World, order: ExportOrder, limit: number): Promise<ExportRow[][]> {
  const reader = new ExportRowReader(world.database);
  const pages: ExportRow[][] = [];
  for (let after: string | null = null; ;) {
    const page: ExportRow[] = await reader.page(order, { after, limit });
    pages.push(page);
    after = page.at(-1)?.key ?? null;
    if (page.length < limit) return pages;
  }
}

const sirensOf = (pages: ExportRow[][]): string[] => pages.flat().map(({ siren }) => siren);

async function makeList(world: World, mode: "live" | "test", members: [siren: string, addedAt: string][]) {
  const id = `list_${crypto.randomUUID()}`;
  await world.database.query(
    `insert into lists (id, organisation_id, mode, name, created_by_kind, created_at, updated_at)
     values ($1, $2, $3, $1, 'key', $4, $4)`,
    [id, world.organisationId, mode, EARLIER],
  );
  for (const member of members)
    await world.database.query("insert into list_companies (list_id, siren, added_at) values ($1, $2, $3)", [
      id,
      ...member,
    ]);
  return id;
}

type TaskRow = [siren: string | null, outcome: string | null, endedAt: string | null];

async function makeTask(world: World, mode: "live" | "test", rows: TaskRow[]): Promise<string> {
  const id = `task_${crypto.randomUUID()}`;
  await world.database.query(
    `insert into tasks (id, organisation_id, type, mode, status, actor_kind, sources, rows, distinct_rows, created_at)
     values ($1, $2, 'batch', $3, 'running', 'key', '{bodacc}', $4, $4, $5)`,
    [id, world.organisationId, mode, rows.length, EARLIER],
  );
  for (const [index, row] of rows.entries())
    await world.database.query(
      "insert into task_rows (task_id, row_no, line, input, siren, outcome, ended_at) values ($1, $2, $2, '', $3, $4, $5)",
      [id, index + 1, ...row],
    );
  return id;
}

test("a filter has each of its companies once, by SIREN, whatever the size of the pages; later ones are left out", async () => {
  const world = await mintWorld();
  const mark = world.siren("mark");
  const sirens = await storeSome(world, 5, mark);
  await store(world, { siren: world.siren("late"), mark, firstSeenAt: LATER });
  const order = orderOf(world, { kind: "filter", filter: { code_postal: [mark], statut: "active" } });
  for (const limit of [1, 2, 5, 6]) {
    const pages = await allPages(world, order, limit);
    expect(sirensOf(pages)).toEqual(sirens);
  }
  const none = orderOf(world, { kind: "filter", filter: { code_postal: [mark], statut: "cessee" } });
  expect(await allPages(world, none, 2)).toEqual([[]]);
});

test("all columns of a company, with the organisation's own contact and status and nobody else's", async () => {
  const world = await mintWorld();
  const other = await mintWorld();
  const siren = world.siren();
  const mark = world.siren("mark");
  await store(world, { siren, mark });
  const run = async (text: string, ...params: unknown[]) => world.database.query(text, [siren, ...params]);
  await run(
    `insert into establishments (siren, siret, siege, actif, adresse) values
      ($1, $1 || '00011', true, false, 'FERMÉ'), ($1, $1 || '00029', true, true, '1 RUE "X"; LYON'), ($1, $1 || '00037', false, true, 'ATELIER')`,
  );
  await run(
    `insert into finances (siren, annee, chiffre_affaires, resultat, capitaux_propres, excedent_brut_exploitation) values
      ($1, 2025, null, 5, 1, 1), ($1, 2024, 6240000.4, -1200, 2100000.5, 77.25), ($1, 2023, 1, 1, 3, 3)`,
  );
  await run(
    `insert into officers (siren, position, type, nom, prenoms, annee_naissance, denomination, qualites, collected_at) values
      ($1, 0, 'personne_morale', null, null, null, 'AUDIT & CIE', '{Commissaire aux comptes}', now()),
      ($1, 1, 'personne_physique', 'EXEMPLE', 'Camille', 1961, null, '{Président,Associé}', now()),
      ($1, 2, 'personne_physique', null, null, null, null, '{Gérant}', now()),
      ($1, 3, 'personne_physique', 'ESSAI', null, 1970, null, '{}', now())`,
  );
  await run(
    `insert into events (siren, position, type, date, source) values
      ($1, 0, 'modification', '2025-01-01', 'bodacc'), ($1, 1, 'depot_comptes', '2026-06-25', 'bodacc')`,
  );
  const contact = async (organisationId: string, nom: string, email: string | null) =>
    run(
      `insert into contacts (organisation_id, siren, profil, nom, fonction, email_professionnel, telephone, source, collected_at, fresh_until)
       values ($2, $1, $3, $3, 'Présidence', $4, null, 'kaspr', now(), now())`,
      organisationId,
      nom,
      email,
    );
  await contact(world.organisationId, "A Unreachable", null);
  await contact(world.organisationId, "B Mine", "mine@example.com");
  await contact(other.organisationId, "A Theirs", "theirs@example.com");
  for (const [owner, mode, status] of [
    [world, "live", "contacted"],
    [world, "test", "lost"],
    [other, "live", "won"],
  ] as const)
    await run(
      `insert into pipeline_statuses (organisation_id, mode, siren, status, changed_by_kind, changed_at)
       values ($2, $3, $1, $4, 'key', now())`,
      owner.organisationId,
      mode,
      status,
    );
  const columns = EXPORT_COLUMNS.map(({ name }) => name);
  const order = orderOf(world, { kind: "filter", filter: { code_postal: [mark] } }, { columns });
  const [row] = await new ExportRowReader(world.database).page(order, { after: null, limit: 10 });
  const named = Object.fromEntries(
    columns.map((name, index): [string, Cell] => [name, row?.cells[index] ?? null]),
  );
  expect(named).toEqual({
    siren,
    nom_entreprise: 'ATELIERS "NORD"',
    statut: "active",
    diffusion: "complete",
    code_naf: "25.62B",
    code_naf_2025: null,
    secteur_activite: "Mécanique industrielle",
    forme_juridique: "5710",
    forme_juridique_libelle: "SAS",
    categorie_entreprise: null,
    date_creation: "1994-03-01",
    tranche_effectif: "12",
    tranche_effectif_min: 20,
    tranche_effectif_max: 49,
    effectif: 34,
    chiffre_affaires: 6_240_000,
    resultat: -1200,
    annee_comptes: 2024,
    siret_siege: `${siren}00029`,
    adresse: '1 RUE "X"; LYON',
    code_postal: mark,
    ville: "LYON",
    departement: "01",
    region: "84",
    ma_score: 71,
    score_confidence: 0.85,
    last_scraped_at: NOW,
    capitaux_propres: 2_100_000.5,
    excedent_brut_exploitation: 77.25,
    pipeline_status: "contacted",
    evenement_dernier_type: "depot_comptes",
    evenement_dernier_date: "2026-06-25",
    dirigeants: "AUDIT & CIE (Commissaire aux comptes); Camille EXEMPLE (Président, Associé); ESSAI",
    dirigeant_naissance: 1961,
    contact_nom: "B Mine",
    contact_fonction: "Présidence",
    contact_email: "mine@example.com",
    contact_telephone: null,
  });
});

test("a list has its companies of then, those that are not stored with their SIREN alone; nobody else reads it", async () => {
  const world = await mintWorld();
  const other = await mintWorld();
  const [known = "", unknown = "", late = ""] = ["a", "b", "c"].map((label) => world.siren(label)).sort();
  await store(world, { siren: known, mark: "x" });
  const id = await makeList(world, "live", [
    [known, EARLIER],
    [unknown, NOW],
    [late, LATER],
  ]);
  const selection: Selection = { kind: "list", list_id: id };
  const order = orderOf(world, selection, { columns: ["siren", "ma_score", "adresse"] });
  const pages = await allPages(world, order, 1);
  expect(pages.flat().map(({ cells }) => cells)).toEqual([
    [known, 71, null],
    [unknown, null, null],
  ]);
  expect(await allPages(world, orderOf(other, selection), 5)).toEqual([[]]);
  expect(await allPages(world, orderOf(world, selection, { mode: "test" }), 5)).toEqual([[]]);
});

test("a task has the companies that it had enriched by then, in the order of its file; nobody else reads it", async () => {
  const world = await mintWorld();
  const other = await mintWorld();
  const [a = "", b = "", c = "", missing = "", gone = ""] = ["a", "b", "c", "d", "e"].map((label) =>
    world.siren(label),
  );
  for (const siren of [a, b, c]) await store(world, { siren, mark: "x" });
  const id = await makeTask(world, "live", [
    [c, "enriched", EARLIER],
    [null, "invalid", EARLIER],
    [a, "partial", NOW],
    [a, "duplicate", NOW],
    [missing, "not_found", NOW],
    [b, "enriched", LATER],
    [b, null, null],
    [gone, "enriched", EARLIER],
  ]);
  const selection: Selection = { kind: "task", task_id: id };
  const order = orderOf(world, selection, { columns: ["siren", "ma_score"] });
  const pages = await allPages(world, order, 1);
  expect(pages.flat().map(({ key, cells }) => [key, ...cells])).toEqual([
    ["1", c, 71],
    ["3", a, 71],
    // Removed since: what is left of it.
    ["8", gone, null],
  ]);
  expect(await allPages(world, orderOf(other, selection), 5)).toEqual([[]]);
});

test("a test key exports synthetic companies, whatever is stored", async () => {
  const world = await mintWorld();
  const columns = ["siren", "nom_entreprise", "pipeline_status"];
  const test = { mode: "test", columns } as const;
  const complete = RESERVED_SIRENS.complete;
  await world.database.query(
    `insert into pipeline_statuses (organisation_id, mode, siren, status, changed_by_kind, changed_at)
     values ($1, 'test', $2, 'contacted', 'key', now())`,
    [world.organisationId, complete],
  );
  const row = [complete, "ATELIERS COMPLET (FICTIF)", "contacted"];
  const named = orderOf(world, { kind: "filter", filter: { q: "complet" } }, test);
  expect((await allPages(world, named, 1)).flat().map(({ cells }) => cells)).toEqual([row]);
  const all = orderOf(world, { kind: "filter", filter: {} }, test);
  const sirens = sirensOf(await allPages(world, all, 2));
  expect(sirens).toHaveLength(6);
  expect(sirens).toEqual([...sirens].sort());
  const members: [string, string][] = [complete, RESERVED_SIRENS.not_found].map((siren) => [siren, EARLIER]);
  const list = orderOf(world, { kind: "list", list_id: await makeList(world, "test", members) }, test);
  expect((await allPages(world, list, 9)).flat().map(({ cells }) => cells)).toEqual([
    [RESERVED_SIRENS.not_found, null, null],
    row,
  ]);
  const task = await makeTask(world, "test", [[complete, "enriched", EARLIER]]);
  const ofTask = orderOf(world, { kind: "task", task_id: task }, test);
  expect((await allPages(world, ofTask, 9)).flat().map(({ cells }) => cells)).toEqual([row]);
});

test("a company that opposed publication is stored, and so exported, without address and officers", async () => {
  const world = await mintWorld();
  const siren = RESERVED_SIRENS.partial_diffusion;
  expect((await world.enrich({ siren })).status).toBe(200);
  const id = await makeList(world, "live", [[siren, EARLIER]]);
  const columns = ["siren", "diffusion", "nom_entreprise", "adresse", "dirigeants", "dirigeant_naissance"];
  const order = orderOf(
    world,
    { kind: "list", list_id: id },
    { columns, createdAt: new Date().toISOString() },
  );
  const [row] = await new ExportRowReader(world.database).page(order, { after: null, limit: 1 });
  expect(row?.cells).toEqual([siren, "partielle", null, null, null, null]);
});

test("the head office of a company whose sources list no establishments is that of its published facts", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const mark = world.siren("mark");
  await store(world, { siren, mark });
  await world.database.query(
    `insert into snapshots (siren, scraped_at, facts_hash, facts) values
      ($1, $2, 'hash', '{"siege": {"siret": "1", "adresse": "2 RUE"}}'), ($1, $3, 'old', '{"siege": {"siret": "0", "adresse": "0 RUE"}}')`,
    [siren, NOW, EARLIER],
  );
  const columns = ["siret_siege", "adresse"];
  const order = orderOf(world, { kind: "filter", filter: { code_postal: [mark] } }, { columns });
  const [row] = await new ExportRowReader(world.database).page(order, { after: null, limit: 1 });
  expect(row?.cells).toEqual(["1", "2 RUE"]);
});

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Statements of the file: no text of a row is in the first ones. */
function statementsOf(columns: string[], cells: Cell[][]): string[] {
  const { sql } = FILE_WRITERS;
  const begun = sql.begin(columns, {});
  const written = sql.rows(
    begun.state,
    cells.map((row) => ({ siren: String(row[0]), key: "", cells: row })),
  );
  const insert = decode(written.bytes) + decode(sql.end(written.state).bytes);
  const first = decode(begun.bytes).split(";\n");
  return [...first.slice(1, -1), insert.slice(0, insert.length - "commit;\n".length)];
}

test("the SQL loads into an empty database, twice with the same table, and brings a table of other columns up to date", async () => {
  const { database, organisationId } = await mintWorld();
  const schema = organisationId.replaceAll("-", "");
  const inside = async (statements: string[]) =>
    (
      await database.transaction([
        database.query("select set_config('search_path', $1, true)", [schema]),
        ...statements.map((statement) => database.query(statement)),
      ])
    ).at(-1);
  await database.query(`create schema ${schema}`);
  const cells = AWKWARD_TEXTS.map((text, index): Cell[] => [
    String(index).padStart(9, "0"),
    text,
    index - 9.5,
    null,
  ]);
  const columns = ["siren", "nom_entreprise", "capitaux_propres", "date_creation"];
  const script = statementsOf(columns, cells);
  const found = async (names: string) => inside([`select ${names} from companies_export order by siren`]);
  for (const setting of ["on", "off"]) {
    await inside([`set local standard_conforming_strings = ${setting}`, ...script]);
    expect(await found(columns.join(", "))).toEqual(
      cells.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]]))),
    );
  }
  await inside(
    statementsOf(["siren", "date_creation", "last_scraped_at"], [["000000001", "1994-03-01", NOW]]),
  );
  const rows = await found("siren, nom_entreprise, date_creation::text, last_scraped_at");
  expect(rows?.[1]).toEqual({
    siren: "000000001",
    nom_entreprise: AWKWARD_TEXTS[1],
    date_creation: "1994-03-01",
    last_scraped_at: new Date(NOW),
  });
  await database.query(`drop schema ${schema} cascade`);
});

test("the compressor of the Worker's own runtime makes slices that are one stream", () => {
  const pages = Array.from({ length: 3 }, (_, page) =>
    Array.from({ length: 700 }, (_, index): Cell[] => [String(page * 700 + index).padStart(9, "0"), "=1+1"]),
  );
  const bytes = writeFile({ format: "xlsx", columns: ["siren", "nom_entreprise"], pages });
  const sheet = zipEntries(bytes).find(({ name }) => name === "xl/worksheets/sheet1.xml");
  const content = sheet?.content ?? Buffer.alloc(0);
  expect([sheet?.crc, sheet?.size]).toEqual([crc32(content), content.length]);
  expect(content.toString().match(/<row /g)).toHaveLength(2_101);
});

test("a page that Postgres gives up is too slow, whatever else fails is an outage", async () => {
  const { database, organisationId } = await mintWorld();
  const failing = (code: string) =>
    new Proxy(database, {
      get: (target, name) =>
        name === "transaction"
          ? async () => Promise.reject(Object.assign(new NeonDbError("no"), { code }))
          : Reflect.get(target, name),
    });
  const order: ExportOrder = {
    organisationId,
    mode: "live",
    format: "csv",
    selection: { kind: "filter", filter: {} },
    columns: ["siren"],
    options: {},
    createdAt: NOW,
  };
  const read = async (code: string) =>
    new ExportRowReader(failing(code)).page(order, { after: null, limit: 1 });
  await expect(read("57014")).rejects.toThrow(QueryTooSlow);
  await expect(read("57P01")).rejects.toThrow(StorageUnavailable);
});
