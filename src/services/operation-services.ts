import { QueueControl } from "../queue/queue-control.ts";
import { DeadLetterRepository } from "../storage/postgres/dead-letter-repository.ts";
import { ProfileRepository } from "../storage/postgres/profile-repository.ts";
import { KvQueuePauses } from "../storage/queue-settings.ts";
import type { Base } from "./base.ts";

/** What operators, and the consumers that obey them, work with. */
export interface OperationServices {
  pauses: KvQueuePauses;
  queues: QueueControl;
  letters: DeadLetterRepository;
  profiles: ProfileRepository;
}

export function buildOperationServices({ database, log, now }: Base, env: Env): OperationServices {
  const queues = {
    enrichment: env.ENRICHMENT_QUEUE,
    exports: env.EXPORTS_QUEUE,
    events: env.EVENTS_QUEUE,
    "dead-letter": env.DEAD_LETTER_QUEUE,
  };
  return {
    pauses: new KvQueuePauses(env.SETTINGS, now, log),
    queues: new QueueControl(queues, log),
    letters: new DeadLetterRepository(database),
    profiles: new ProfileRepository(database),
  };
}
