import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import Papa from "papaparse";
import { Client } from "pg";
import readWorkbook from "read-excel-file/node";
import { z } from "zod";
import { CompanyTally } from "./export-tally.ts";
import { splitText, statementsOf } from "./export-text.ts";
import { readZipDirectory, readZipEntry, type ZipEntry } from "./export-zip.ts";

export interface Opened {
  /** With what, for the report. */
  reader: string;
  tally: CompanyTally;
}

/** A downloaded file, and the columns that its status names. */
export interface FileToOpen {
  path: string;
  columns: string[];
  rows: number;
  /** Of an empty database, for SQL. */
  databaseUrl: string;
  signal: AbortSignal;
}

/** More rows than a workbook can have for a reader that keeps it in memory: its XML must fit into one string. */
const WHOLE_WORKBOOK_ROWS = 50_000;
const SIREN = "siren";
const TURNOVER = "chiffre_affaires";

const Company = z.object({ siren: z.string(), chiffre_affaires: z.int().nullable() });

function requireColumns(found: readonly unknown[], columns: readonly string[]): void {
  if (JSON.stringify(found) !== JSON.stringify(columns))
    throw new Error(`other columns: ${found.join(", ")}`);
}

function euros(text: string): number | null {
  return text === "" ? null : Number(text);
}

/** Every row has one cell per column, quotes are those of RFC 4180. */
export async function openCsv({ path, columns, signal }: FileToOpen): Promise<Opened> {
  const tally = new CompanyTally();
  const places = [columns.indexOf(SIREN), columns.indexOf(TURNOVER)] as const;
  const parser = Papa.parse(Papa.NODE_STREAM_INPUT, { delimiter: ",", newline: "\r\n" });
  const file = createReadStream(path, "utf8");
  await pipeline(
    file,
    parser,
    async (rows: AsyncIterable<string[]>) => {
      let isHeader = true;
      for await (const row of rows) {
        if (isHeader) requireColumns(row, columns);
        else if (row.length === columns.length) tally.add(row[places[0]] ?? "", euros(row[places[1]] ?? ""));
        else throw new Error(`a row of ${row.length} cells after ${tally.rows} rows`);
        isHeader = false;
      }
    },
    { signal },
  );
  return { reader: "papaparse", tally };
}

export async function openNdjson({ path, columns, signal }: FileToOpen): Promise<Opened> {
  const tally = new CompanyTally();
  for await (const line of splitText(createReadStream(path, { signal }), "\n")) {
    const value: unknown = JSON.parse(line);
    requireColumns(Object.keys(Object(value)), columns);
    const company = Company.parse(value);
    tally.add(company.siren, company.chiffre_affaires);
  }
  return { reader: "JSON.parse, line by line", tally };
}

/** Loaded twice, which must change nothing. */
export async function openSql({ path, databaseUrl, signal }: FileToOpen): Promise<Opened> {
  const client = new Client({ connectionString: databaseUrl });
  client.on("error", () => undefined);
  await client.connect();
  try {
    for (const _ of ["once", "again"]) {
      const lines = splitText(createReadStream(path, { signal }), "\n");
      for await (const statement of statementsOf(lines)) await client.query(statement);
    }
    return { reader: "Postgres, loaded twice", tally: await tallyTable(client, "companies_export") };
  } finally {
    await client.end();
  }
}

/** What a table has, a page at a time. */
export async function tallyTable(
  client: Client,
  table: "companies" | "companies_export",
): Promise<CompanyTally> {
  const tally = new CompanyTally();
  for (let after = ""; ;) {
    const { rows } = await client.query<{ siren: string; turnover: number | null }>(
      `select siren, chiffre_affaires::float8 as turnover from ${table} where siren > $1 order by siren limit 50000`,
      [after],
    );
    for (const { siren, turnover } of rows) tally.add(siren, turnover);
    const last = rows.at(-1);
    if (last === undefined) return tally;
    after = last.siren;
  }
}

export async function openXlsx(file: FileToOpen): Promise<Opened> {
  const entries = await readZipDirectory(file.path);
  const sheets = entries.filter(({ name }) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
  return file.rows <= WHOLE_WORKBOOK_ROWS ? openWorkbook(file) : readSheets(file, sheets);
}

async function openWorkbook({ path, columns }: FileToOpen): Promise<Opened> {
  const tally = new CompanyTally();
  for (const { data } of await readWorkbook(path)) {
    const [header = [], ...rows] = data;
    requireColumns(header, columns);
    for (const row of rows) {
      const value = { siren: row[columns.indexOf(SIREN)], chiffre_affaires: row[columns.indexOf(TURNOVER)] };
      const company = Company.parse(value);
      tally.add(company.siren, company.chiffre_affaires);
    }
  }
  return { reader: "read-excel-file", tally };
}

/** The archive is unpacked and each sheet split into its rows: whoever keeps nothing can read a million of them. */
async function readSheets({ path, columns }: FileToOpen, sheets: ZipEntry[]): Promise<Opened> {
  const tally = new CompanyTally();
  for (const sheet of sheets) {
    await readZipEntry(path, sheet, async (pieces) => {
      let isHeader = true;
      for await (const piece of splitText(pieces, "</row>")) {
        const row = /<row r="\d+">(.*)$/s.exec(piece)?.[1];
        if (row === undefined) continue;
        const cells = cellsOf(row);
        if (isHeader) requireColumns([...cells.values()], columns);
        else
          tally.add(
            cells.get(letterOf(columns, SIREN)) ?? "",
            euros(cells.get(letterOf(columns, TURNOVER)) ?? ""),
          );
        isHeader = false;
      }
    });
  }
  return { reader: "unzipped, <row> by <row>", tally };
}

/** By the letter of their column; an empty one is left out. */
function cellsOf(row: string): Map<string, string> {
  const found = row.matchAll(
    /<c r="([A-Z]+)\d+"[^>]*>(?:<is><t[^>]*>([^<]*)<\/t><\/is>|<v>([^<]*)<\/v>)<\/c>/g,
  );
  return new Map([...found].map(([, letters = "", text, value]) => [letters, text ?? value ?? ""]));
}

/** Of the first 26. */
function letterOf(columns: string[], name: string): string {
  return String.fromCodePoint(65 + columns.indexOf(name));
}
