import { QueueProducer } from "../queue/producer.ts";
import { TaskRepository } from "../storage/postgres/task-repository.ts";
import type { Base } from "./base.ts";

export interface JobServices {
  tasks: TaskRepository;
  queues: QueueProducer;
  uploads: R2Bucket;
}

export function buildJobServices({ database }: Base, env: Env): JobServices {
  return {
    tasks: new TaskRepository(database),
    queues: new QueueProducer({ enrichment: env.ENRICHMENT_QUEUE, events: env.EVENTS_QUEUE }),
    uploads: env.UPLOADS,
  };
}
