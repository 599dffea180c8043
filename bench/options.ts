import { parseArgs } from "node:util";
import { LocalError } from "../local/local-error.ts";

export const USAGE = `Usage: npm run bench:enrich -- [--quick] [--only hot|observed] [--rounds N] [--requests N]

  --quick        half a minute, to see that everything works; its numbers mean little
  --only hot     the cached requests only
  --only observed
                 what observing the cached GET costs, in many short rounds
  --rounds N     rounds of the cached requests (default 12, observed 80)
  --requests N   requests of each kind in a round (default 10000, observed 3000)`;

const PARTS = ["hot", "observed"] as const;
type Part = (typeof PARTS)[number];

export interface BenchOptions {
  quick: boolean;
  /** null: all of it. */
  only: Part | null;
  rounds: number;
  requests: number;
  /** Never-seen companies enriched at each level of concurrency. */
  cold: { concurrency: number; companies: number }[];
  replay: { companies: number; requests: number };
}

const FULL = {
  rounds: 12,
  requests: 10_000,
  cold: [
    { concurrency: 10, companies: 500 },
    { concurrency: 50, companies: 1_500 },
    { concurrency: 100, companies: 1_500 },
  ],
  replay: { companies: 2_000, requests: 20_000 },
};

/** Short rounds, so that what is compared meets the same state of the machine; many, as each is noisy. */
const OBSERVED = { rounds: 80, requests: 3_000 };

const QUICK = {
  rounds: 4,
  requests: 2_000,
  cold: FULL.cold.map(({ concurrency }) => ({ concurrency, companies: 150 })),
  replay: { companies: 200, requests: 2_000 },
};

/** null: only the usage was asked for. */
export function readOptions(args: string[]): BenchOptions | null {
  const { values } = parse(args);
  if (values.help) return null;
  const only = part(values.only);
  const base = values.quick ? QUICK : { ...FULL, ...(only === "observed" ? OBSERVED : {}) };
  return {
    ...base,
    quick: values.quick,
    only,
    rounds: count("--rounds", values.rounds) ?? base.rounds,
    requests: count("--requests", values.requests) ?? base.requests,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string" },
        rounds: { type: "string" },
        requests: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new LocalError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function part(text: string | undefined): Part | null {
  if (text === undefined) return null;
  const known = PARTS.find((one) => one === text);
  if (known !== undefined) return known;
  throw new LocalError(`--only takes ${PARTS.join(" or ")}, not "${text}"\n\n${USAGE}`);
}

function count(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw new LocalError(`${name} must be a whole number from 1 on, not "${text}"\n\n${USAGE}`);
}
