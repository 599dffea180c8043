import path from "node:path";
import { PROJECT_ROOT } from "./data-folder.ts";
import { parsePort } from "./free-port.ts";
import { runCommand, type Run } from "./run-command.ts";
import { holdDataFolder, startStack, type Stack } from "./stack.ts";

const DATA_DIR = path.join(PROJECT_ROOT, ".data");
const DEFAULT_PORT = 8787;

async function start(run: Run): Promise<number> {
  const port = parsePort(process.env["PORT"], DEFAULT_PORT);
  const lock = await holdDataFolder(path.join(DATA_DIR, "start.lock"), port);
  const stack = await startStack({ dataDir: DATA_DIR, lock, port, crons: true, run, say: console.log });
  console.log(welcome(stack));
  const failure = await Promise.race([stack.failed, untilAborted(run.signal)]);
  if (failure !== null) console.error(failure);
  await stack.stop();
  return failure === null ? 0 : 1;
}

function untilAborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

function welcome({ url, devInfo }: Stack): string {
  return `
API        ${url}
Docs       ${url}/docs
Access     .data/dev.json holds the key, the database URL and the rest
Sign in    ${devInfo.email}, password ${devInfo.password}

Try it:

  curl -s ${url}/api/v2/scraping/enrich \\
    -H 'Authorization: Bearer ${devInfo.api_key}' \\
    -H 'Content-Type: application/json' \\
    -d '{"siren":"552032534"}'

Ctrl-C stops everything.`;
}

await runCommand(start);
