import type { Config } from "./config/config.ts";
import { type CallDeps, callSource } from "./domain/enrichment/call-source.ts";
import type { CompanyFlightDeps } from "./domain/enrichment/company-flight.ts";
import type { ContactFlightDeps } from "./domain/enrichment/contact-flight.ts";
import type {
  CompanyCacheLayer,
  EnrichmentFlights,
  SourceProvider,
  SourceQuery,
} from "./domain/enrichment/ports.ts";
import { SOURCE_POLICIES } from "./domain/enrichment/source-policy.ts";
import type { SourceName } from "./domain/enrichment/source.ts";
import { callPaid } from "./domain/usage/call-paid.ts";
import { AuditOutbox } from "./storage/postgres/audit-outbox.ts";
import { EnrichmentFlightsClient } from "./durable/enrichment-flights-client.ts";
import { newId } from "./lib/new-id.ts";
import { randomBytes } from "./lib/random-bytes.ts";
import { type AccountServices, buildAccountServices } from "./services/account-services.ts";
import { type AuditServices, buildAuditServices } from "./services/audit-services.ts";
import { type Base, buildBase } from "./services/base.ts";
import { buildJobServices, type JobServices } from "./services/job-services.ts";
import { buildLimitServices, type LimitServices } from "./services/limit-services.ts";
import { buildUsageServices, type UsageServices } from "./services/usage-services.ts";
import { buildWebhookServices, type WebhookServices } from "./services/webhook-services.ts";
import { buildProviders } from "./providers/registry.ts";
import { EdgeLayer } from "./storage/cache/edge-layer.ts";
import { IsolateLayer } from "./storage/cache/isolate-layer.ts";
import { PostgresLayer } from "./storage/cache/postgres-layer.ts";

/** What an HTTP request may use. Holds no connection and no promise: one value serves a whole isolate. */
export interface Services extends Pick<
  Base,
  "config" | "database" | "gates" | "sectors" | "contacts" | "log" | "now"
> {
  kv: KVNamespace;
  flights: EnrichmentFlights;
  accounts: AccountServices;
  audit: AuditServices;
  limits: LimitServices;
  usage: UsageServices;
  jobs: JobServices;
  webhooks: WebhookServices;
  isolate: IsolateLayer;
  /** Fastest first: isolate, edge, KV. */
  layers: CompanyCacheLayer[];
  /** The same, with Postgres last. */
  readLayers: CompanyCacheLayer[];
}

export interface FlightServices {
  /** All but the journal, which is the object's own. */
  company: Omit<CompanyFlightDeps, "journal">;
  contacts: ContactFlightDeps;
}

/** Throws `ConfigurationError` naming every setting that is missing or wrong. */
export function buildServices(env: Env): Services {
  const base = buildBase(env);
  const { config, database, gates, sectors, contacts, log, now } = base;
  const isolate = new IsolateLayer(now);
  const layers = [isolate, new EdgeLayer(caches.default, config.publicOrigin, log), base.kvLayer];
  return {
    config,
    database,
    gates,
    sectors,
    contacts,
    log,
    now,
    kv: env.COMPANY_CACHE,
    flights: new EnrichmentFlightsClient(env.ENRICHMENT_FLIGHT),
    accounts: buildAccountServices(base),
    audit: buildAuditServices(base, env),
    limits: buildLimitServices(base, env),
    usage: buildUsageServices(base),
    jobs: buildJobServices(base, env),
    webhooks: buildWebhookServices(base),
    isolate,
    layers,
    readLayers: [...layers, new PostgresLayer(base.companies, sectors)],
  };
}

function providersOf(config: Config, now: () => number): Map<SourceName, SourceProvider> {
  const { sources } = config;
  return buildProviders({ sources: sources.endpoints, userAgent: sources.userAgent, now }, async (request) =>
    fetch(request),
  );
}

/** What the object of one company or one contact list works with. */
export function buildFlightServices(env: Env): FlightServices {
  const base = buildBase(env);
  const { now, log } = base;
  const { ledger } = buildUsageServices(base);
  const providers = providersOf(base.config, base.now);
  const calling: CallDeps = {
    gates: base.gates,
    pacing: { now, sleep: async (ms) => scheduler.wait(ms), random: Math.random },
    policy: { budgetMs: base.config.enrichBudgetMs, attemptMs: base.config.sourceAttemptMs, attempts: 3 },
  };
  const idOf = (prefix: string): string => newId(prefix, now(), randomBytes);
  const newEntryId = (): string => idOf("led");
  const paying = { ledger, newEntryId, log, now, sleep: calling.pacing.sleep };
  const ask = async (source: SourceName, query: SourceQuery, organisationId: string) => {
    const provider = providers.get(source);
    if (provider === undefined) throw new Error(`no provider for ${source}`);
    const call = async () => callSource(calling, provider, query);
    if (!SOURCE_POLICIES[source].paid) return call();
    return callPaid(paying, { organisationId, source, siren: query.siren }, call);
  };
  const recording = { trail: new AuditOutbox(base.database), newId: idOf };
  return {
    company: {
      ...recording,
      store: base.companies,
      cache: base.kvLayer,
      sectors: base.sectors,
      ask: async (source, siren, payer) => ask(source, { siren, linkedin: [] }, payer),
      now,
      random: Math.random,
      log,
    },
    contacts: {
      ...recording,
      store: base.contacts,
      ask: async (siren, person, payer) => ask("kaspr", { siren, linkedin: [person] }, payer),
      now,
      log,
    },
  };
}
