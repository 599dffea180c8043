import path from "node:path";
import { parseArgs } from "node:util";
import { LocalError } from "../local/local-error.ts";

export const SEARCH_USAGE = `Usage: npm run bench:search -- [--rows N] [--quick] [--check-plans] [--keep FOLDER]

  --rows N        companies to load (default 1000000, at most 20000000)
  --quick         fewer runs of each query, to see that everything works; its numbers mean little
  --check-plans   no times: fails when a query reads too many of the companies
  --keep FOLDER   leave the loaded database there, and use it when it is there with as many rows`;

export interface SearchOptions {
  rows: number;
  /** Of each query, on each of its two pages. */
  runs: number;
  quick: boolean;
  checkPlans: boolean;
  /** null: a temporary folder. */
  keep: string | null;
}

const RUNS = 200;
const QUICK_RUNS = 20;
const MOST_ROWS = 20_000_000;

/** null: only the usage was asked for. */
export function readSearchOptions(args: string[]): SearchOptions | null {
  const { values } = parse(args);
  if (values.help) return null;
  const rows = values.rows === undefined ? 1_000_000 : Number(values.rows);
  if (!Number.isInteger(rows) || rows < 1_000 || rows > MOST_ROWS) {
    throw new LocalError(`--rows must be a whole number from 1000 to ${MOST_ROWS}\n\n${SEARCH_USAGE}`);
  }
  return {
    rows,
    runs: values.quick ? QUICK_RUNS : RUNS,
    quick: values.quick,
    checkPlans: values["check-plans"],
    keep: values.keep === undefined ? null : path.resolve(values.keep),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        rows: { type: "string" },
        quick: { type: "boolean", default: false },
        "check-plans": { type: "boolean", default: false },
        keep: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new LocalError(`${error instanceof Error ? error.message : String(error)}\n\n${SEARCH_USAGE}`);
  }
}
