import type { EngineDeps } from "../domain/jobs/engine.ts";
import { type BatchPace, estimateCompanies } from "../domain/jobs/estimate-seconds.ts";
import { consumersIn } from "../domain/operations/consumer-settings.ts";
import { AuditChainClient } from "../durable/audit-chain-client.ts";
import { EnrichmentFlightsClient } from "../durable/enrichment-flights-client.ts";
import { TaskProgressClient } from "../durable/task-progress-client.ts";
import { overcame } from "../observability/work.ts";
import { QueueProducer } from "../queue/producer.ts";
import { DeadLetterWriter } from "../storage/postgres/dead-letter-writer.ts";
import { FreshCompanies } from "../storage/postgres/fresh-companies.ts";
import { TaskChanges } from "../storage/postgres/task-changes.ts";
import { TaskReader } from "../storage/postgres/task-reader.ts";
import { TaskRepository } from "../storage/postgres/task-repository.ts";
import { TaskUpkeepRepository } from "../storage/postgres/task-upkeep-repository.ts";
import { TaskWorkRepository } from "../storage/postgres/task-work-repository.ts";
import { UploadStore } from "../storage/r2/upload-store.ts";
import type { Base } from "./base.ts";

export interface JobServices {
  tasks: TaskRepository;
  reader: TaskReader;
  changes: TaskChanges;
  progress: TaskProgressClient;
  queues: QueueProducer;
  uploads: UploadStore;
  deadLetters: DeadLetterWriter;
  upkeep: TaskUpkeepRepository;
  /** What the consumers of the queue `enrichment` work with. */
  engine: EngineDeps;
  freshCompanies: FreshCompanies;
  /** What estimates are made from. */
  pace: BatchPace;
}

/** Of a queue without a limit the platform may run more consumers than the one that is counted on. */
function paceOf({ sources, batch, environment }: Base["config"]): BatchPace {
  const consumers = consumersIn(environment).enrichment.maxConcurrency ?? 1;
  return { limits: sources.limits, places: batch.inFlight * consumers };
}

export function buildJobServices(base: Base, env: Env): JobServices {
  const { config, database, companies, log, now } = base;
  const reader = new TaskReader(database);
  const progress = new TaskProgressClient(env.TASK_PROGRESS, { records: reader, log, now });
  const queues = new QueueProducer({
    enrichment: env.ENRICHMENT_QUEUE,
    exports: env.EXPORTS_QUEUE,
    events: env.EVENTS_QUEUE,
  });
  const uploads = new UploadStore(env.UPLOADS);
  const chains = new AuditChainClient(env.AUDIT_CHAIN, log);
  const pace = paceOf(config);
  return {
    tasks: new TaskRepository(database),
    reader,
    changes: new TaskChanges(database),
    progress,
    queues,
    uploads,
    deadLetters: new DeadLetterWriter(database),
    upkeep: new TaskUpkeepRepository(database),
    engine: {
      tasks: new TaskWorkRepository(database),
      queue: queues,
      uploads,
      board: progress,
      companies,
      flights: new EnrichmentFlightsClient(env.ENRICHMENT_FLIGHT),
      poke: async (organisationId) => {
        await chains.drain(organisationId);
      },
      estimate: (sources, companies) => estimateCompanies(sources, companies, pace),
      now,
      sleep: async (ms) => scheduler.wait(ms),
      random: Math.random,
      log,
      overcame,
    },
    freshCompanies: new FreshCompanies(database),
    pace,
  };
}
