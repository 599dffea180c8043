import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPostgres, type LocalPostgres } from "../../../local/postgres.ts";

export interface TemporaryPostgres extends LocalPostgres {
  remove(): Promise<void>;
}

/** A database server of its own, gone with `remove`. */
export async function startTemporaryPostgres(): Promise<TemporaryPostgres> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "ma-postgres-"));
  const postgres = await startPostgres({ dataDir, durable: false, say: () => undefined });
  const remove = async (): Promise<void> => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(postgres.folder, { recursive: true, force: true });
  };
  return { ...postgres, remove };
}
