import type { QueueName } from "./queue-name.ts";

/** How the platform runs the consumers of a queue. */
export interface ConsumerSettings {
  maxBatchSize: number;
  /** Seconds. */
  maxBatchTimeout: number;
  /** After the first attempt. */
  maxRetries: number;
  /** null: as many as the platform likes. */
  maxConcurrency: number | null;
  deadLetterQueue: QueueName | null;
}

type Settings = Record<QueueName, ConsumerSettings>;

const WORK = {
  maxBatchSize: 10,
  maxBatchTimeout: 0,
  maxRetries: 10,
  maxConcurrency: null,
  deadLetterQueue: "dead-letter",
} as const satisfies ConsumerSettings;

/** One export a consumer: what it holds of a file is most of what an isolate may hold. */
const EXPORTS = { ...WORK, maxBatchSize: 1 } as const satisfies ConsumerSettings;

const LETTERS = {
  maxBatchSize: 10,
  maxBatchTimeout: 5,
  maxRetries: 100,
  maxConcurrency: null,
  deadLetterQueue: null,
} as const satisfies ConsumerSettings;

/** A Worker can't read these: a test compares them with wrangler.toml. `local`: everywhere but in production. */
export const CONSUMERS: Record<"local" | "production", Settings> = {
  local: { enrichment: WORK, exports: EXPORTS, events: WORK, "dead-letter": LETTERS },
  production: {
    enrichment: { ...WORK, maxBatchSize: 2, maxConcurrency: 16 },
    exports: { ...EXPORTS, maxConcurrency: 8 },
    events: WORK,
    "dead-letter": LETTERS,
  },
};

/** `environment`: the setting `ENVIRONMENT`. */
export function consumersIn(environment: string): Settings {
  return CONSUMERS[environment === "production" ? "production" : "local"];
}
