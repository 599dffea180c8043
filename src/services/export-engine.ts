import type { SealedExportSecrets } from "../auth/sealed-export-secrets.ts";
import { SecretUnreadable } from "../auth/secret-box.ts";
import {
  type EngineDeps,
  PAGE_ROWS,
  PART_BYTES,
  TABLE_ROWS,
  TABLE_STEP_MS,
} from "../domain/exports/engine.ts";
import { FILE_WRITERS } from "../domain/exports/formats/file-writers.ts";
import type { ExportQueue, WorkingExport } from "../domain/exports/ports.ts";
import { newId } from "../lib/new-id.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import { AirtablePush } from "../providers/airtable/airtable-push.ts";
import { ExportRowReader } from "../storage/postgres/export-row-reader.ts";
import { ExportWorkRepository } from "../storage/postgres/export-work-repository.ts";
import { ExportFiles } from "../storage/r2/export-files.ts";
import type { Base } from "./base.ts";

interface Shared {
  secrets: SealedExportSecrets;
  queue: ExportQueue;
}

/** What the consumers of the queue `exports` work with. */
export function buildExportEngine(base: Base, env: Env, { secrets, queue }: Shared): EngineDeps {
  const { config, database, gates, log, now } = base;
  const { stepRows, stepMs, airtableUrl } = config.exports;
  return {
    work: new ExportWorkRepository(database),
    files: new ExportFiles(env.EXPORTS),
    queue,
    rows: new ExportRowReader(database),
    tables: new AirtablePush({
      baseUrl: airtableUrl,
      userAgent: config.sources.userAgent,
      http: async (request) => fetch(request),
      gates,
      now,
      sleep: async (ms) => scheduler.wait(ms),
    }),
    writers: FILE_WRITERS,
    openSecret: async (made) => openSecret(secrets, made),
    size: {
      partBytes: PART_BYTES,
      pageRows: PAGE_ROWS,
      tableRows: TABLE_ROWS,
      stepRows,
      stepMs,
      tableStepMs: Math.min(TABLE_STEP_MS, stepMs),
    },
    now,
    newId: (prefix) => newId(prefix, now(), randomBytes),
    log,
  };
}

async function openSecret(
  secrets: SealedExportSecrets,
  { id, secret }: WorkingExport,
): Promise<string | null> {
  if (secret === null) return null;
  try {
    return await secrets.open(secret, id);
  } catch (error) {
    if (error instanceof SecretUnreadable) return null;
    throw error;
  }
}
