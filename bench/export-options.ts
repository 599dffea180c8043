import { parseArgs } from "node:util";
import { LocalError } from "../local/local-error.ts";

/** Those that make a file of companies alone: no service elsewhere takes part. */
export const BENCH_FORMATS = ["csv", "ndjson", "xlsx", "sql"] as const;
export type BenchFormat = (typeof BENCH_FORMATS)[number];

export const EXPORT_USAGE = `Usage: npm run bench:export -- [--rows N] [--formats LIST] [--quick]

  --rows N        companies to export (default 1000000, at most 5000000)
  --formats LIST  some of csv,ndjson,xlsx,sql (default all)
  --quick         20000 companies, to see that everything works; its numbers mean little`;

export interface ExportBenchOptions {
  rows: number;
  formats: BenchFormat[];
  quick: boolean;
}

const ROWS = 1_000_000;
const QUICK_ROWS = 20_000;
const MOST_ROWS = 5_000_000;

/** null: only the usage was asked for. Throws `LocalError`. */
export function readExportOptions(args: string[]): ExportBenchOptions | null {
  const { values } = parse(args);
  if (values.help) return null;
  const rows = values.rows === undefined ? (values.quick ? QUICK_ROWS : ROWS) : Number(values.rows);
  if (!Number.isInteger(rows) || rows < 1 || rows > MOST_ROWS) {
    throw new LocalError(`--rows must be a whole number from 1 to ${MOST_ROWS}\n\n${EXPORT_USAGE}`);
  }
  return { rows, formats: formatsOf(values.formats), quick: values.quick };
}

function formatsOf(list: string | undefined): BenchFormat[] {
  if (list === undefined) return [...BENCH_FORMATS];
  const named = new Set(list.split(",").map((name) => name.trim()));
  const known = BENCH_FORMATS.filter((format) => named.has(format));
  if (known.length === named.size) return known;
  throw new LocalError(
    `--formats takes some of ${BENCH_FORMATS.join(",")}, not "${list}"\n\n${EXPORT_USAGE}`,
  );
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        rows: { type: "string" },
        formats: { type: "string" },
        quick: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new LocalError(`${error instanceof Error ? error.message : String(error)}\n\n${EXPORT_USAGE}`);
  }
}
