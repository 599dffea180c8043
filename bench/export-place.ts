import path from "node:path";
import { Client } from "pg";
import type { Run } from "../local/run-command.ts";
import type { Teardown } from "../local/teardown.ts";
import { tallyTable } from "./export-readers.ts";
import type { ExportPlace } from "./export-run.ts";
import type { CompanyTally } from "./export-tally.ts";
import { loadCompanies } from "./load-companies.ts";
import { startNeighbours } from "./neighbours.ts";
import { childrenRunning } from "./process-cpu.ts";
import { startWorkerd } from "./workerd-server.ts";

/** Where an SQL file is loaded: a database of the same server, empty. */
const SECOND_DATABASE = "second";

export interface ExportBench {
  folder: string;
  /** What every file has to contain. */
  truth: CompanyTally;
  secondUrl: string;
  /** A Worker in a process and with files of its own, so that no format meets what another has left in memory. */
  serve: (name: string) => Promise<ExportPlace>;
}

/** So many companies in a database of our own; everything it starts is in `teardown`. */
export async function openExportBench(rows: number, run: Run, teardown: Teardown): Promise<ExportBench> {
  const neighbours = await startNeighbours(run, teardown);
  const { folder, settings, apiKey } = neighbours;
  const [postgresPid] = childrenRunning("postgres");
  if (postgresPid === undefined) throw new Error("cannot tell which Postgres was started");
  const url = settings.DATABASE_URL ?? "";
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  teardown.add("The connection", () => client.end());
  // A statement that runs when everything stops would hold the server back.
  run.signal.addEventListener("abort", () => void client.end().catch(() => undefined), { once: true });
  await dropSecondaryIndexes(client);
  await loadCompanies(client, rows, run.signal);
  await client.query(`create database ${SECOND_DATABASE}`);
  const secondUrl = new URL(url);
  secondUrl.pathname = SECOND_DATABASE;
  const serve: ExportBench["serve"] = async (name) => {
    run.signal.throwIfAborted();
    const server = await startWorkerd({
      configPath: "wrangler.toml",
      script: "src/worker.ts",
      bindings: settings,
      folder: path.join(folder, name),
      signal: run.signal,
      inspected: true,
    });
    const running = { stopped: false };
    const stop = async (): Promise<void> => {
      if (running.stopped) return;
      running.stopped = true;
      await server.stop();
    };
    teardown.add(name, stop);
    const { inspector } = server;
    if (inspector === null) throw new Error("workerd opened no inspector");
    return { api: { ...server, inspector, stop }, apiKey, client, postgresPid, signal: run.signal };
  };
  return { folder, truth: await tallyTable(client, "companies"), secondUrl: secondUrl.href, serve };
}

/** An export of all companies walks the primary key: the others would only be made for nothing. */
async function dropSecondaryIndexes(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = 'companies'::regclass and not i.indisprimary`,
  );
  for (const { name } of rows) await client.query(`drop index ${client.escapeIdentifier(name)}`);
}
