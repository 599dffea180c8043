import type { DatabaseReport, StatementRow } from "./db-report-queries.ts";

const LONGEST_STATEMENT = 120;

interface Column {
  title: string;
  side: "left" | "right";
}

const left = (title: string): Column => ({ title, side: "left" });
const right = (title: string): Column => ({ title, side: "right" });

/** For a reader: one table each for what costs most, what is unused, what is large and what is read whole. */
export function reportText(report: DatabaseReport): string {
  const since = report.since === null ? "an unknown moment" : report.since.toISOString();
  return [
    `Statements counted since ${since}. They are as the server normalises them: $1 stands for a value.`,
    section("MOST TIME IN ALL", STATEMENT_COLUMNS, report.by_total.map(statementCells)),
    section(
      "SLOWEST ON AVERAGE (of those called at least --min-calls times)",
      STATEMENT_COLUMNS,
      report.by_mean.map(statementCells),
    ),
    section("SLOWEST SINGLE CALLS", STATEMENT_COLUMNS, report.by_max.map(statementCells)),
    section(
      "INDEXES THAT NOTHING USED (keys that keep rows unique are not listed)",
      [left("Table"), left("Index"), right("Size")],
      report.unused_indexes.map((row) => [row.table_name, row.index_name, bytes(row.bytes)]),
    ),
    section(
      "LARGEST TABLES",
      [left("Table"), right("Rows"), right("Dead"), right("Table"), right("Indexes"), left("Last vacuum")],
      report.tables.map((row) => [
        row.table_name,
        whole(row.live_rows),
        whole(row.dead_rows),
        bytes(row.table_bytes),
        bytes(row.index_bytes),
        row.last_vacuum?.toISOString() ?? "never",
      ]),
    ),
    section(
      "LARGE TABLES READ WHOLE (no index served these)",
      [left("Table"), right("Rows"), right("Whole reads"), right("Rows each"), right("Index scans")],
      report.whole_reads.map((row) => [
        row.table_name,
        whole(row.live_rows),
        whole(row.seq_scans),
        whole(row.rows_per_scan),
        whole(row.index_scans),
      ]),
    ),
  ].join("\n\n");
}

const STATEMENT_COLUMNS = [
  right("Calls"),
  right("Total ms"),
  right("Mean ms"),
  right("Max ms"),
  right("Rows"),
  right("In memory"),
  left("Statement"),
];

function statementCells(row: StatementRow): string[] {
  return [
    whole(row.calls),
    row.total_ms.toFixed(0),
    row.mean_ms.toFixed(2),
    row.max_ms.toFixed(2),
    whole(row.rows),
    row.hit_share === null ? "-" : `${(100 * row.hit_share).toFixed(1)} %`,
    shortened(row.query),
  ];
}

function shortened(query: string): string {
  const line = query.replaceAll(/\s+/g, " ").trim();
  return line.length <= LONGEST_STATEMENT ? line : `${line.slice(0, LONGEST_STATEMENT - 1)}…`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

function bytes(value: number): string {
  return value < 2 ** 20 ? `${Math.ceil(value / 1024)} kB` : `${(value / 2 ** 20).toFixed(1)} MB`;
}

function section(title: string, columns: readonly Column[], rows: readonly string[][]): string {
  if (rows.length === 0) return `${title}\n(none)`;
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ side }, index) => {
        const cell = cells[index] ?? "";
        const width = widths[index] ?? 0;
        return side === "left" ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd();
  return [title, line(columns.map((column) => column.title)), ...rows.map(line)].join("\n");
}
