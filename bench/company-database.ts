import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { makeCrossableFolder } from "../local/data-folder.ts";
import { migrate } from "../local/migrate.ts";
import { removePostgresFiles } from "../local/postgres-home.ts";
import { startPostgres } from "../local/postgres.ts";
import type { Run } from "../local/run-command.ts";
import type { Teardown } from "../local/teardown.ts";
import { PLANNING } from "../src/storage/postgres/database.ts";
import { companiesHeld, loadCompanies, type Load } from "./load-companies.ts";

/** What the measured server is given; the rest is as Postgres comes. Said in every report. */
export const SERVER_SETTINGS: Record<string, string> = {
  shared_buffers: "4GB",
  effective_cache_size: "12GB",
  work_mem: "16MB",
  maintenance_work_mem: "1GB",
  max_wal_size: "8GB",
  // What the Worker sets itself in every transaction of a search.
  ...PLANNING,
};

export interface CompanyDatabase {
  url: string;
  client: Client;
  /** null: the rows were there already. */
  load: Load | null;
}

export interface CompanyDatabaseOptions {
  rows: number;
  /** Where the database stays; null: in a temporary folder that goes with the run. */
  keep: string | null;
}

/** A database of our own with so many generated companies; everything it starts is in `teardown`. */
export async function openCompanyDatabase(
  { rows, keep }: CompanyDatabaseOptions,
  run: Run,
  teardown: Teardown,
): Promise<CompanyDatabase> {
  const dataDir = keep ?? temporaryFolder(teardown);
  const postgres = await startPostgres({
    dataDir,
    durable: false,
    settings: SERVER_SETTINGS,
    signal: run.signal,
    onStart: (child) => {
      run.children.add(child);
      teardown.add("Postgres", () => child.stop());
    },
    say: () => undefined,
  });
  await migrate(postgres.url);
  const client = new Client({ connectionString: postgres.url });
  client.on("error", () => undefined);
  await client.connect();
  teardown.add("The connection", () => client.end());
  // A statement that runs when everything stops would hold the server back.
  run.signal.addEventListener("abort", () => void client.end().catch(() => undefined), { once: true });
  const held = await companiesHeld(client);
  const load = held === rows ? null : await loadCompanies(client, rows, run.signal);
  return { url: postgres.url, client, load };
}

function temporaryFolder(teardown: Teardown): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ma-bench-search-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  teardown.add("The folder", remove);
  // A second Ctrl-C leaves at once, without the teardown.
  process.once("exit", remove);
  makeCrossableFolder(folder);
  const dataDir = path.join(folder, "postgres");
  teardown.add("The database files", () => removePostgresFiles(dataDir));
  return dataDir;
}
