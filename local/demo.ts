import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { countOf } from "./count-of.ts";
import { PROJECT_ROOT } from "./data-folder.ts";
import type { ApiAccess } from "./demo/api.ts";
import { companyTable } from "./demo/company-table.ts";
import { describeDiscovery, discover } from "./demo/discovery.ts";
import { doneOf, type Pass, runPass } from "./demo/pass.ts";
import {
  describeEstimate,
  describeOrigin,
  describeOutcome,
  describeSources,
  describeUnanswered,
} from "./demo/report.ts";
import { openTerminal, progress, type Terminal } from "./demo/terminal.ts";
import { subtractCalls, whatFailed, type CallCounts, type DemoOutcome } from "./demo/verdict.ts";
import { freePort } from "./free-port.ts";
import { LocalError } from "./local-error.ts";
import { removePostgresFiles } from "./postgres-home.ts";
import { runCommand, type Run } from "./run-command.ts";
import { holdDataFolder, startStack, type Stack } from "./stack.ts";

/** Its own folder: a running `npm start` is never disturbed. */
const DATA_DIR = path.join(PROJECT_ROOT, ".data", "demo");
const COMPANIES = path.join("test", "fixtures", "companies.csv");

async function demo(run: Run): Promise<number> {
  const terminal = openTerminal(process.stdout, process.env);
  const csv = readFileSync(path.join(PROJECT_ROOT, COMPANIES), "utf8");
  const stack = await startFreshStack(run, terminal);
  try {
    const outcome = await Promise.race([showBothPasses({ stack, csv, run, terminal }), failWith(stack)]);
    return conclude(whatFailed(outcome), terminal);
  } finally {
    await stack.stop();
  }
}

/** Emptied first, so that the first pass is cold; only once no other demonstration holds the folder. */
async function startFreshStack(run: Run, terminal: Terminal): Promise<Stack> {
  const port = await freePort();
  const lock = await holdDataFolder(`${DATA_DIR}.lock`, port);
  removePostgresFiles(path.join(DATA_DIR, "postgres"));
  rmSync(DATA_DIR, { recursive: true, force: true });
  return startStack({
    dataDir: DATA_DIR,
    lock,
    port,
    durable: false,
    run,
    say: (line) => terminal.line(line),
  });
}

async function failWith(stack: Stack): Promise<never> {
  throw new LocalError(await stack.failed);
}

interface Show {
  stack: Stack;
  csv: string;
  run: Run;
  terminal: Terminal;
}

async function showBothPasses(show: Show): Promise<DemoOutcome> {
  const { stack, run, terminal } = show;
  const access: ApiAccess = { url: stack.url, apiKey: stack.devInfo.api_key, signal: run.signal };
  terminal.line(`\n${describeSources()}\n`);
  const before = await readCalls(stack);
  const first = await showPass(show, access, "First pass ");
  const between = await readCalls(stack);
  terminal.line(`\n${companyTable(first.rows, terminal)}\n`);
  terminal.line(describeOrigin());
  terminal.line(`${describeUnanswered(first.rows, terminal)}\n`);
  const second = await showPass(show, access, "Second pass");
  const after = await readCalls(stack);
  const discovery = await discover(access, first.taskId, path.join(DATA_DIR, "companies.csv"));
  const outcome = {
    first,
    second,
    discovery,
    firstCalls: subtractCalls(between, before),
    secondCalls: subtractCalls(after, between),
  };
  terminal.line(`\n${describeOutcome(outcome, terminal)}`);
  terminal.line(`\n${describeDiscovery(discovery, PROJECT_ROOT)}`);
  return outcome;
}

/** The file as a batch; the bar moves with the events that the server sends. */
async function showPass({ csv, run, terminal }: Show, access: ApiAccess, label: string): Promise<Pass> {
  const show = progress(terminal, label);
  const pass = await runPass(access, csv, {
    onEstimate: (estimate) => terminal.line(`${describeEstimate(COMPANIES, estimate, terminal)}\n`),
    onProgress: (status) => show(doneOf(status), status.rows),
  });
  run.signal.throwIfAborted();
  return pass;
}

async function readCalls(stack: Stack): Promise<CallCounts> {
  const response = await fetch(`${stack.devInfo.sandbox_url}/__control/calls`, {
    signal: AbortSignal.timeout(5000),
  });
  return z.record(z.string(), z.int()).parse(await response.json());
}

function conclude(failures: string[], terminal: Terminal): number {
  if (failures.length === 0) {
    terminal.line(
      `\n${terminal.paint("green", "Everything happened as expected.")} Keep it running: npm start`,
    );
    return 0;
  }
  terminal.line(
    `\n${terminal.paint("red", `${countOf(failures.length, "thing")} did not happen as expected:`)}`,
  );
  for (const failure of failures) terminal.line(`  ${failure}`);
  return 1;
}

await runCommand(demo);
