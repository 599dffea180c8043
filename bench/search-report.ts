import type { Client } from "pg";
import { PAGE_ROWS } from "./search-cases.ts";
import type { SearchTimes } from "./search-run.ts";
import { SERVER_SETTINGS, type CompanyDatabase } from "./company-database.ts";
import { median, percentile } from "./statistics.ts";
import { type Column, formatTable } from "./table.ts";

const TARGET_MS = 50;
const TARGET_RATIO = 1.5;

const COLUMNS: Column[] = [
  { title: "Query", width: 24, side: "left" },
  { title: "Page", width: 10, side: "left" },
  { title: "Runs", width: 5, side: "right" },
  { title: "p50 ms", width: 8, side: "right" },
  { title: "p95 ms", width: 8, side: "right" },
  { title: "p99 ms", width: 8, side: "right" },
  { title: "Deep/first", width: 10, side: "right" },
];

interface Size {
  name: string;
  size: string;
}

const SIZES = `
select c.relname as name, pg_size_pretty(pg_relation_size(c.oid)) as size from pg_class c
where c.oid = 'companies'::regclass or c.oid in (select indexrelid from pg_index where indrelid = 'companies'::regclass)
order by c.relkind desc, pg_relation_size(c.oid) desc`;
const TOTAL = "select 'all of it' as name, pg_size_pretty(pg_total_relation_size('companies')) as size";

/** What was loaded, how long it took and what it weighs. */
export async function loadReport({ client, load }: CompanyDatabase, rows: number): Promise<string> {
  const sizes = [...(await client.query<Size>(SIZES)).rows, ...(await client.query<Size>(TOTAL)).rows];
  const settings = Object.entries(SERVER_SETTINGS).map(([name, value]) => `${name}=${value}`);
  const took =
    load === null
      ? "They were there already (--keep)."
      : `Loaded in ${seconds(load.copySeconds)} (${whole(load.rows / load.copySeconds)} rows/s), indexes in ${seconds(load.indexSeconds)}, vacuum in ${seconds(load.vacuumSeconds)}.`;
  return [
    `${await versionOf(client)}: ${settings.join(", ")}, fsync off`,
    `${whole(rows)} generated companies. ${took}`,
    "",
    formatTable(
      [
        { title: "Table and its indexes", width: 30, side: "left" },
        { title: "Size", width: 10, side: "right" },
      ],
      sizes.map(({ name, size }) => [name, size]),
    ),
  ].join("\n");
}

async function versionOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ version: string }>(
    "select 'PostgreSQL ' || current_setting('server_version') as version",
  );
  return rows[0]?.version ?? "PostgreSQL";
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} s`;
}

export function searchReport(times: readonly SearchTimes[]): string {
  const rows = times.flatMap((one) => [
    [one.query.name, "first", ...cells(one.first)],
    ["", pagesOf(one), ...cells(one.deep), one.deep.length === 0 ? "" : `${ratioOf(one).toFixed(2)}×`],
  ]);
  const estimates = times.flatMap(({ estimate }) => estimate);
  return [
    `SEARCHES as the API sends them: ${PAGE_ROWS} companies a page, other values each time, after one run of each that does not count.`,
    "Times are the client's, over loopback, from sending the statement to having read its rows; planning is in them.",
    "",
    formatTable(COLUMNS, [...rows, ["estimated total", "", ...cells(estimates)]]),
    "",
    ...times.map(({ query }) => `${query.name}: ${query.asks}`),
    "",
    `Target: p95 below ${TARGET_MS} ms for each; the deep page within ${TARGET_RATIO} times the first, by their medians.`,
    verdict(times),
    "The deep page is number 1,000, or the last one where there are fewer; - where there is one page only.",
    "Everything here is in memory, its caches warm, and nobody else asks: a cold page, a busy server and the way to it come on top.",
  ].join("\n");
}

function pagesOf({ deep, deepPages: { least, most } }: SearchTimes): string {
  if (deep.length === 0) return "-";
  return least === most ? whole(most) : `≤ ${whole(most)}`;
}

function cells(values: readonly number[]): string[] {
  if (values.length === 0) return ["0", "", "", ""];
  const times = [median(values), percentile(values, 95), percentile(values, 99)];
  return [String(values.length), ...times.map((time) => time.toFixed(2))];
}

/** Of the cases that have a deep page, both times. */
function ratioOf({ firstOfDeep, deep }: SearchTimes): number {
  return median(deep) / median(firstOfDeep);
}

function verdict(times: readonly SearchTimes[]): string {
  const slow = times.filter(({ first, deep }) =>
    [first, deep].some((values) => values.length > 0 && percentile(values, 95) >= TARGET_MS),
  );
  const deeper = times.filter((one) => one.deep.length > 0 && ratioOf(one) > TARGET_RATIO);
  return `Result: p95 ${outcome(slow)}; deep page ${outcome(deeper)}.`;
}

function outcome(missed: readonly SearchTimes[]): string {
  return missed.length === 0 ? "met by all" : `missed by ${missed.map(({ query }) => query.name).join(", ")}`;
}
