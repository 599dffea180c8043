import { z } from "zod";
import { columnByName, type ColumnType } from "../columns.ts";
import type { Cell, ExportRow, FileWriter } from "../ports.ts";

/** `open`: rows of the statement that is being written. */
const State = z.strictObject({ columns: z.array(z.string()), open: z.int() });

const TABLE = "companies_export";
/** Rows of one statement. */
const STATEMENT_ROWS = 250;

const TYPES: Record<ColumnType, string> = {
  text: "text",
  integer: "bigint",
  number: "double precision",
  date: "date",
  datetime: "timestamptz",
};

const encoder = new TextEncoder();

function typeOf(name: string): string {
  return TYPES[columnByName(name)?.type ?? "text"];
}

/** The same string whatever the server takes a backslash for; it cannot hold NUL. */
function literal(cell: Cell): string {
  if (cell === null) return "null";
  if (typeof cell === "number") return String(cell);
  const text = cell.replaceAll("\u0000", "\uFFFD").replaceAll("'", "''");
  return text.includes("\\") ? `E'${text.replaceAll("\\", "\\\\")}'` : `'${text}'`;
}

/** An older table of other columns gets those that it lacks. */
function head(columns: string[]): string {
  const others = columns.filter((name) => name !== "siren");
  const added = others.map((name) => `add column if not exists ${name} ${typeOf(name)}`);
  const lines = [
    "-- Companies, keyed by SIREN. Loading this file again changes nothing.",
    '-- psql -v ON_ERROR_STOP=1 -f this-file.sql "$DATABASE_URL"',
    "begin;",
    "set local client_encoding = 'UTF8';",
    `create table if not exists ${TABLE} (siren text primary key);`,
    ...(added.length === 0 ? [] : [`alter table ${TABLE}\n  ${added.join(",\n  ")};`]),
  ];
  return `${lines.join("\n")}\n`;
}

function insertStart(columns: string[]): string {
  return `insert into ${TABLE} (${columns.join(", ")}) values\n`;
}

function insertEnd(columns: string[]): string {
  const updates = columns.filter((name) => name !== "siren").map((name) => `${name} = excluded.${name}`);
  const action = updates.length === 0 ? "nothing" : `update set ${updates.join(", ")}`;
  return `\non conflict (siren) do ${action};\n`;
}

function tuple({ cells }: ExportRow): string {
  return `(${cells.map(literal).join(", ")})`;
}

/**
 * Statements that make a table `companies_export`, or bring it up to date, in one transaction. Statements end after a
 * fixed number of rows, wherever a step ends.
 */
export const sqlWriter: FileWriter = {
  contentType: "application/sql",
  extension: "sql",
  begin: (columns) => ({ bytes: encoder.encode(head(columns)), state: { columns, open: 0 } }),
  rows: (state, rows) => {
    const { columns, open } = State.parse(state);
    const start = insertStart(columns);
    const end = insertEnd(columns);
    let count = open;
    let text = "";
    for (const row of rows) {
      text += (count === 0 ? start : ",\n") + tuple(row);
      count += 1;
      if (count === STATEMENT_ROWS) {
        text += end;
        count = 0;
      }
    }
    return { bytes: encoder.encode(text), state: { columns, open: count } };
  },
  end: (state) => {
    const { columns, open } = State.parse(state);
    const last = open === 0 ? "" : insertEnd(columns);
    return { bytes: encoder.encode(`${last}commit;\n`), state: { columns, open: 0 } };
  },
};
