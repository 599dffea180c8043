import { type Config, parseConfig } from "./config/config.ts";
import type { ApiKeyStore } from "./domain/accounts/authenticate.ts";
import { type CallDeps, callSource } from "./domain/enrichment/call-source.ts";
import type { CompanyFlightDeps } from "./domain/enrichment/company-flight.ts";
import type { ContactFlightDeps } from "./domain/enrichment/contact-flight.ts";
import type {
  CompanyCacheLayer,
  ContactStore,
  EnrichmentFlights,
  LinkedinProfile,
  SourceProvider,
} from "./domain/enrichment/ports.ts";
import type { SourceName } from "./domain/enrichment/source.ts";
import { EnrichmentFlightsClient } from "./durable/enrichment-flights-client.ts";
import { SourceGatesClient } from "./durable/source-gates-client.ts";
import { Logger } from "./observability/logger.ts";
import { buildProviders } from "./providers/registry.ts";
import { EdgeLayer } from "./storage/cache/edge-layer.ts";
import { IsolateLayer } from "./storage/cache/isolate-layer.ts";
import { KvLayer } from "./storage/cache/kv-layer.ts";
import { PostgresLayer } from "./storage/cache/postgres-layer.ts";
import { ApiKeyRepository } from "./storage/postgres/api-key-repository.ts";
import { CompanyRepository } from "./storage/postgres/company-repository.ts";
import { ContactRepository } from "./storage/postgres/contact-repository.ts";
import { type Database, openDatabase } from "./storage/postgres/database.ts";
import { SectorRepository } from "./storage/postgres/sector-repository.ts";

/** What an HTTP request may use. Holds no connection and no promise: one value serves a whole isolate. */
export interface Services {
  config: Config;
  database: Database;
  kv: KVNamespace;
  gates: SourceGatesClient;
  flights: EnrichmentFlights;
  contacts: ContactStore;
  keys: ApiKeyStore;
  sectors: SectorRepository;
  isolate: IsolateLayer;
  /** Fastest first: isolate, edge, KV. */
  layers: CompanyCacheLayer[];
  /** The same, with Postgres last. */
  readLayers: CompanyCacheLayer[];
  log: Logger;
  now: () => number;
}

export interface FlightServices {
  /** All but the journal, which is the object's own. */
  company: Omit<CompanyFlightDeps, "journal">;
  contacts: ContactFlightDeps;
}

const now = (): number => Date.now();

function writeLine(line: string): void {
  // oxlint-disable-next-line no-console -- the platform collects what the Worker prints
  console.log(line);
}

function buildBase(env: Env) {
  const config = parseConfig(env);
  const log = new Logger(writeLine, now);
  const database = openDatabase(config.databaseUrl, config.neonBridge);
  const sectors = new SectorRepository(database, now, log);
  const gates = new SourceGatesClient(env.SOURCE_GATE);
  return {
    config,
    log,
    database,
    sectors,
    gates,
    companies: new CompanyRepository(database),
    contacts: new ContactRepository(database),
    kvLayer: new KvLayer(env.COMPANY_CACHE, log),
  };
}

/** Throws `ConfigurationError` naming every setting that is missing or wrong. */
export function buildServices(env: Env): Services {
  const base = buildBase(env);
  const isolate = new IsolateLayer(now);
  const layers = [isolate, new EdgeLayer(caches.default, base.config.publicOrigin, base.log), base.kvLayer];
  return {
    config: base.config,
    database: base.database,
    kv: env.COMPANY_CACHE,
    gates: base.gates,
    flights: new EnrichmentFlightsClient(env.ENRICHMENT_FLIGHT),
    contacts: base.contacts,
    keys: new ApiKeyRepository(base.database),
    sectors: base.sectors,
    isolate,
    layers,
    readLayers: [...layers, new PostgresLayer(base.companies, base.sectors)],
    log: base.log,
    now,
  };
}

function providersOf(config: Config): Map<SourceName, SourceProvider> {
  const { sources } = config;
  return buildProviders({ sources: sources.endpoints, userAgent: sources.userAgent, now }, async (request) =>
    fetch(request),
  );
}

/** What the object of one company or one contact list works with. */
export function buildFlightServices(env: Env): FlightServices {
  const base = buildBase(env);
  const providers = providersOf(base.config);
  const calling: CallDeps = {
    gates: base.gates,
    pacing: { now, sleep: async (ms) => scheduler.wait(ms), random: Math.random },
    policy: { budgetMs: base.config.enrichBudgetMs, attemptMs: base.config.sourceAttemptMs, attempts: 3 },
  };
  const ask = async (source: SourceName, siren: string, linkedin: LinkedinProfile[] = []) => {
    const provider = providers.get(source);
    if (provider === undefined) throw new Error(`no provider for ${source}`);
    return callSource(calling, provider, { siren, linkedin });
  };
  return {
    company: {
      store: base.companies,
      cache: base.kvLayer,
      sectors: base.sectors,
      ask: async (source, siren) => ask(source, siren),
      now,
      random: Math.random,
      log: base.log,
    },
    contacts: {
      store: base.contacts,
      ask: async (siren, person) => ask("kaspr", siren, [person]),
      now,
      log: base.log,
    },
  };
}
