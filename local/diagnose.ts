import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { PROJECT_ROOT } from "./data-folder.ts";
import { readDevInfo } from "./dev-info.ts";
import { type Diagnosis, diagnose, diagnosisText } from "./diagnose/diagnosis.ts";
import { observeService, type ServicePlace } from "./diagnose/observe-service.ts";
import { describeError, LocalError } from "./local-error.ts";
import { type Runbook, RUNBOOKS } from "./monitoring/runbooks.ts";

const USAGE = `Usage: npm run diagnose [-- --url URL --token TOKEN --runbook NAME --seconds 12 --json]

  --url URL       the service (default: the local stack that npm start keeps)
  --token TOKEN   its METRICS_TOKEN (default: $METRICS_TOKEN, else the local stack's)
  --runbook NAME  the checks of one page of docs/runbooks (default: all)
  --seconds N     how long to look on while counters count (default 12)
  --json          for programs

Exit code: 0 all is well, 1 something to look at, 2 something is broken.`;
const EXIT = { ok: 0, warn: 1, fail: 2 } as const satisfies Record<Diagnosis["level"], number>;

interface Order {
  place: ServicePlace;
  runbooks: readonly Runbook[];
  json: boolean;
}

/** null: only the usage was asked for. Throws `LocalError` for what cannot be done. */
export function readDiagnoseOrder(args: string[], env: Record<string, string | undefined>): Order | null {
  const { values } = parse(args);
  if (values.help) return null;
  const local = values.url === undefined ? readDevInfo(path.join(PROJECT_ROOT, ".data", "dev.json")) : null;
  const url = values.url ?? local?.url;
  if (url === undefined)
    throw new LocalError(`Give --url, or start the local stack first: npm start\n\n${USAGE}`);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new LocalError("--url must be an http or https URL");
  const seconds = Number(values.seconds);
  if (!(seconds >= 0 && seconds <= 600)) throw new LocalError("--seconds must be from 0 to 600");
  const token = values.token ?? env["METRICS_TOKEN"] ?? local?.metrics_token ?? null;
  const place = { url, token, seconds, wait: async (ms: number) => wait(ms) };
  return { place, runbooks: runbooksOf(values.runbook), json: values.json };
}

function runbooksOf(name: string | undefined): readonly Runbook[] {
  if (name === undefined) return RUNBOOKS;
  const found = RUNBOOKS.filter((runbook) => runbook === name);
  if (found.length === 0) throw new LocalError(`--runbook is one of ${RUNBOOKS.join(", ")}`);
  return found;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        url: { type: "string" },
        token: { type: "string" },
        runbook: { type: "string" },
        seconds: { type: "string", default: "12" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new LocalError(`${describeError(error)}\n\n${USAGE}`);
  }
}

async function carryOut(args: string[]): Promise<number> {
  const order = readDiagnoseOrder(args, process.env);
  if (order === null) {
    console.log(USAGE);
    return 0;
  }
  const diagnosis = diagnose(await observeService(order.place), order.runbooks);
  console.log(order.json ? JSON.stringify(diagnosis, null, 2) : diagnosisText(diagnosis));
  return EXIT[diagnosis.level];
}

if (import.meta.main) {
  try {
    process.exitCode = await carryOut(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof LocalError ? error.message : `Stopped: ${describeError(error)}`);
    process.exitCode = 2;
  }
}
