import { type Config, parseConfig } from "../config/config.ts";
import { SourceGatesClient } from "../durable/source-gates-client.ts";
import { Logger } from "../observability/logger.ts";
import type { Telemetry } from "../observability/telemetry.ts";
import { KvLayer } from "../storage/cache/kv-layer.ts";
import { CompanyRepository } from "../storage/postgres/company-repository.ts";
import { ContactRepository } from "../storage/postgres/contact-repository.ts";
import { type Database, openDatabase } from "../storage/postgres/database.ts";
import { QueryProfiler } from "../storage/postgres/query-profiler.ts";
import { SectorRepository } from "../storage/postgres/sector-repository.ts";
import { buildTelemetry } from "./telemetry.ts";

/** What requests and Durable Objects alike are built on. Holds no connection and no promise. */
export interface Base {
  config: Config;
  log: Logger;
  telemetry: Telemetry;
  database: Database;
  sectors: SectorRepository;
  gates: SourceGatesClient;
  companies: CompanyRepository;
  contacts: ContactRepository;
  kvLayer: KvLayer;
  now: () => number;
}

const now = (): number => Date.now();

function writeLine(line: string): void {
  // oxlint-disable-next-line no-console -- the platform collects what the Worker prints
  console.log(line);
}

/** Throws `ConfigurationError` naming every setting that is missing or wrong. */
export function buildBase(env: Env): Base {
  const config = parseConfig(env);
  const log = new Logger({ level: config.observability.logLevel, write: writeLine, now });
  const { enabled, slowQueryMs: slowMs } = config.observability;
  const profiler = enabled ? new QueryProfiler({ slowMs, log, now }) : null;
  const database = openDatabase(config.databaseUrl, config.neonBridge, profiler);
  return {
    config,
    log,
    telemetry: buildTelemetry({ config, log, now }, env),
    database,
    sectors: new SectorRepository(database, now, log),
    gates: new SourceGatesClient(env.SOURCE_GATE),
    companies: new CompanyRepository(database),
    contacts: new ContactRepository(database),
    kvLayer: new KvLayer(env.COMPANY_CACHE, log),
    now,
  };
}
