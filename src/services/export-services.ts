import { SealedExportSecrets } from "../auth/sealed-export-secrets.ts";
import { SignedExportLinks } from "../auth/export-link.ts";
import type { Keyring } from "../domain/accounts/keyring.ts";
import { DownloadTrail } from "../storage/postgres/download-trail.ts";
import type { EngineDeps } from "../domain/exports/engine.ts";
import type { ExportQueue, ExportUpkeep } from "../domain/exports/ports.ts";
import { ExportRepository } from "../storage/postgres/export-repository.ts";
import { ExportUpkeepRepository } from "../storage/postgres/export-upkeep-repository.ts";
import { ExportDownloads } from "../storage/r2/export-downloads.ts";
import type { Base } from "./base.ts";
import { buildExportEngine } from "./export-engine.ts";

export interface ExportServices {
  /** What the consumers of the queue `exports` work with. */
  engine: EngineDeps;
  upkeep: ExportUpkeep;
  store: ExportRepository;
  secrets: SealedExportSecrets;
  links: SignedExportLinks;
  /** Finished ones. */
  downloads: ExportDownloads;
  trail: DownloadTrail;
}

interface Shared {
  keyring: Keyring;
  queue: ExportQueue;
}

export function buildExportServices(base: Base, env: Env, { keyring, queue }: Shared): ExportServices {
  const { database } = base;
  const secrets = new SealedExportSecrets(keyring);
  return {
    engine: buildExportEngine(base, env, { secrets, queue }),
    upkeep: new ExportUpkeepRepository(database),
    store: new ExportRepository(database),
    secrets,
    links: new SignedExportLinks(keyring),
    downloads: new ExportDownloads(env.EXPORTS),
    trail: new DownloadTrail(database),
  };
}
