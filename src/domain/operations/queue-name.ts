/** As in wrangler.toml. */
export const QUEUE_NAMES = ["enrichment", "exports", "events", "dead-letter"] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];
