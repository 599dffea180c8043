import { parseArgs } from "node:util";
import { LocalError } from "../local/local-error.ts";

export const BATCH_USAGE = `Usage: npm run bench:batch -- [--quick] [--companies N]

  --quick        half a minute, to see that everything works; its numbers mean little
  --companies N  never-seen companies in each batch (default 1500)`;

export interface BatchOptions {
  quick: boolean;
  companies: number;
  /** Companies under way at once in one consumer. */
  inFlight: number[];
  /** Of every provider. */
  latencies: number[];
  /** Cached reads while nothing else happens. */
  idleReads: number;
}

const FULL = { companies: 1_500, inFlight: [10, 50, 100], latencies: [50, 500], idleReads: 1_000 };
const QUICK = { ...FULL, companies: 100, latencies: [50], idleReads: 100 };

/** null: only the usage was asked for. */
export function readBatchOptions(args: string[]): BatchOptions | null {
  const { values } = parse(args);
  if (values.help) return null;
  const base = values.quick ? QUICK : FULL;
  const companies = values.companies === undefined ? base.companies : Number(values.companies);
  if (!Number.isInteger(companies) || companies < 1 || companies > 100_000) {
    throw new LocalError(`--companies must be a whole number from 1 to 100000\n\n${BATCH_USAGE}`);
  }
  return { ...base, quick: values.quick, companies };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        companies: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new LocalError(`${error instanceof Error ? error.message : String(error)}\n\n${BATCH_USAGE}`);
  }
}
