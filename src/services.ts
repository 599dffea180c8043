import type { Config } from "./config/config.ts";
import { BATCH_REACH, type CallDeps, callSource } from "./domain/enrichment/call-source.ts";
import type { CompanyFlightDeps, SourceCall } from "./domain/enrichment/company-flight.ts";
import type { ContactFlightDeps } from "./domain/enrichment/contact-flight.ts";
import type {
  CompanyCacheLayer,
  EnrichmentFlights,
  Patience,
  SourceProvider,
  SourceQuery,
} from "./domain/enrichment/ports.ts";
import { SOURCE_POLICIES } from "./domain/enrichment/source-policy.ts";
import type { SourceName } from "./domain/enrichment/source.ts";
import { Urgency } from "./domain/enrichment/urgency.ts";
import type { KeyKeeper } from "./domain/idempotency/ports.ts";
import { callPaid } from "./domain/usage/call-paid.ts";
import { AuditOutbox } from "./storage/postgres/audit-outbox.ts";
import { EnrichmentFlightsClient } from "./durable/enrichment-flights-client.ts";
import { IdempotencyClient } from "./durable/idempotency-client.ts";
import { MetricsClient } from "./durable/metrics-client.ts";
import { newId } from "./lib/new-id.ts";
import { randomBytes } from "./lib/random-bytes.ts";
import { QueueProducer } from "./queue/producer.ts";
import { type AccountServices, buildAccountServices } from "./services/account-services.ts";
import { announcingCompanies } from "./services/announcing-companies.ts";
import { type AuditServices, buildAuditServices } from "./services/audit-services.ts";
import { type Base, buildBase } from "./services/base.ts";
import { buildJobServices, type JobServices } from "./services/job-services.ts";
import { buildLimitServices, type LimitServices } from "./services/limit-services.ts";
import { buildOperationServices, type OperationServices } from "./services/operation-services.ts";
import { buildExportServices, type ExportServices } from "./services/export-services.ts";
import { buildPipelineServices, type PipelineServices } from "./services/pipeline-services.ts";
import { buildRuntimeServices, type RuntimeServices } from "./services/runtime-services.ts";
import { buildSearchServices, type SearchServices } from "./services/search-services.ts";
import { buildUsageServices, type UsageServices } from "./services/usage-services.ts";
import { buildWebhookServices, type WebhookServices } from "./services/webhook-services.ts";
import { buildProviders } from "./providers/registry.ts";
import { EdgeLayer } from "./storage/cache/edge-layer.ts";
import { IsolateLayer } from "./storage/cache/isolate-layer.ts";
import { PostgresLayer } from "./storage/cache/postgres-layer.ts";

/** What an HTTP request may use. Holds no connection and no promise: one value serves a whole isolate. */
export interface Services extends Pick<
  Base,
  "config" | "database" | "gates" | "sectors" | "contacts" | "log" | "telemetry" | "now"
> {
  kv: KVNamespace;
  flights: EnrichmentFlights;
  accounts: AccountServices;
  audit: AuditServices;
  limits: LimitServices;
  usage: UsageServices;
  jobs: JobServices;
  search: SearchServices;
  exports: ExportServices;
  pipeline: PipelineServices;
  webhooks: WebhookServices;
  operations: OperationServices;
  runtime: RuntimeServices;
  idempotency: KeyKeeper;
  metrics: MetricsClient;
  isolate: IsolateLayer;
  /** Fastest first: isolate, edge, KV. */
  layers: CompanyCacheLayer[];
  /** The same, with Postgres last. */
  readLayers: CompanyCacheLayer[];
}

export interface FlightServices extends Pick<Base, "telemetry"> {
  /** All but what is the object's own. */
  company: Omit<CompanyFlightDeps, "journal" | "overcame">;
  contacts: Omit<ContactFlightDeps, "overcame">;
}

/** Throws `ConfigurationError` naming every setting that is missing or wrong. */
export function buildServices(env: Env): Services {
  const base = buildBase(env);
  const { config, database, gates, sectors, contacts, log, telemetry, now } = base;
  const accounts = buildAccountServices(base);
  const audit = buildAuditServices(base, env);
  const jobs = buildJobServices(base, env);
  const isolate = new IsolateLayer(now);
  const layers = [isolate, new EdgeLayer(caches.default, config.publicOrigin, log), base.kvLayer];
  return {
    config,
    database,
    gates,
    sectors,
    contacts,
    log,
    telemetry,
    now,
    kv: env.COMPANY_CACHE,
    flights: new EnrichmentFlightsClient(env.ENRICHMENT_FLIGHT),
    accounts,
    audit,
    limits: buildLimitServices(base, env),
    usage: buildUsageServices(base),
    jobs,
    search: buildSearchServices(base),
    exports: buildExportServices(base, env, { keyring: accounts.keyring, queue: jobs.queues }),
    pipeline: buildPipelineServices(base),
    idempotency: new IdempotencyClient(env.IDEMPOTENCY),
    metrics: new MetricsClient(env.METRICS, config.observability.metricsShards),
    webhooks: buildWebhookServices(base, {
      keyring: accounts.keyring,
      queue: jobs.queues,
      poke: audit.poke,
    }),
    operations: buildOperationServices(base, env),
    runtime: buildRuntimeServices(base, env),
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

type Calling = Omit<CallDeps, "urgency">;

function callingOf({ gates, config, now }: Base): Record<Patience, Calling> {
  const pacing = { now, sleep: async (ms: number) => scheduler.wait(ms), random: Math.random };
  const { sourceAttemptMs: attemptMs, enrichBudgetMs } = config;
  const whole = { aheadMs: Math.max(0, enrichBudgetMs - attemptMs / 2), share: 1 };
  const policy = { attemptMs, attempts: 3, reach: { request: whole, batch: BATCH_REACH } };
  return {
    request: { gates, pacing, policy: { ...policy, budgetMs: enrichBudgetMs } },
    batch: { gates, pacing, policy: { ...policy, budgetMs: config.batch.budgetMs } },
  };
}

/** What the object of one company or one contact list works with. */
export function buildFlightServices(env: Env): FlightServices {
  const base = buildBase(env);
  const { now, log } = base;
  const { ledger } = buildUsageServices(base);
  const queue = new QueueProducer({
    enrichment: env.ENRICHMENT_QUEUE,
    exports: env.EXPORTS_QUEUE,
    events: env.EVENTS_QUEUE,
  });
  const providers = providersOf(base.config, base.now);
  const calling = callingOf(base);
  const idOf = (prefix: string): string => newId(prefix, now(), randomBytes);
  const newEntryId = (): string => idOf("led");
  const { sleep } = calling.request.pacing;
  const paying = { ledger, prices: base.config.creditPrices, newEntryId, log, now, sleep };
  const ask = async (source: SourceName, query: SourceQuery, { payer, urgency }: SourceCall) => {
    const provider = providers.get(source);
    if (provider === undefined) throw new Error(`no provider for ${source}`);
    const deps = { ...calling[urgency.patience], urgency };
    const call = async () => callSource(deps, provider, query);
    if (!SOURCE_POLICIES[source].paid) return call();
    return callPaid(paying, { organisationId: payer, source, siren: query.siren }, call);
  };
  const companies = announcingCompanies(base.companies, { queue, log });
  return {
    telemetry: base.telemetry,
    company: {
      store: companies,
      trail: companies,
      newId: idOf,
      cache: base.kvLayer,
      sectors: base.sectors,
      ask: async (source, siren, call) => ask(source, { siren, linkedin: [] }, call),
      requestBudgetMs: base.config.enrichBudgetMs,
      now,
      sleep,
      random: Math.random,
      log,
    },
    contacts: {
      store: base.contacts,
      trail: new AuditOutbox(base.database),
      newId: idOf,
      ask: async (siren, person, payer) =>
        ask("kaspr", { siren, linkedin: [person] }, { payer, urgency: new Urgency("request") }),
      now,
      log,
    },
  };
}
