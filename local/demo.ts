import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { countOf } from "./count-of.ts";
import { PROJECT_ROOT } from "./data-folder.ts";
import { readCompanyFile, type CompanyFile } from "./demo/company-file.ts";
import { companyTable } from "./demo/company-table.ts";
import type { ApiAccess } from "./demo/enrich.ts";
import { runPass } from "./demo/pass.ts";
import {
  describeFile,
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
  const file = readCompanyFile(readFileSync(path.join(PROJECT_ROOT, COMPANIES), "utf8"));
  const stack = await startFreshStack(run, terminal);
  try {
    terminal.line(`\n${describeFile(COMPANIES, file, terminal)}\n\n${describeSources()}\n`);
    const outcome = await Promise.race([showBothPasses({ stack, file, run, terminal }), failWith(stack)]);
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
  file: CompanyFile;
  run: Run;
  terminal: Terminal;
}

async function showBothPasses({ stack, file, run, terminal }: Show): Promise<DemoOutcome> {
  const access: ApiAccess = { url: stack.url, apiKey: stack.devInfo.api_key, signal: run.signal };
  const before = await readCalls(stack);
  const first = await runPass(access, file.rows, progress(terminal, "First pass ", file.rows.length));
  const between = await readCalls(stack);
  run.signal.throwIfAborted();
  terminal.line(`\n${companyTable(first.answers, terminal)}\n`);
  terminal.line(describeOrigin());
  terminal.line(`${describeUnanswered(first.answers, terminal)}\n`);
  const second = await runPass(access, file.rows, progress(terminal, "Second pass", file.rows.length));
  const after = await readCalls(stack);
  run.signal.throwIfAborted();
  const outcome = {
    first,
    second,
    firstCalls: subtractCalls(between, before),
    secondCalls: subtractCalls(after, between),
  };
  terminal.line(`\n${describeOutcome(outcome, terminal)}`);
  return outcome;
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
