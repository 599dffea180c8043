import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ConsumerSettings, CONSUMERS } from "../../../../src/domain/operations/consumer-settings.ts";
import { QUEUE_NAMES } from "../../../../src/domain/operations/queue-name.ts";

const toml = readFileSync("wrangler.toml", "utf8");

/** The tables of this name, as text by key. */
function tables(name: string): Map<string, string>[] {
  return toml.split(/^(?=\[)/m).flatMap((table) => {
    if (!table.startsWith(`[[${name}]]`)) return [];
    return [
      new Map(
        [...table.matchAll(/^(\w+) = "?([^"\n]+)"?$/gm)].map(([, key = "", value = ""]) => [key, value]),
      ),
    ];
  });
}

function written({ maxConcurrency, deadLetterQueue, ...settings }: ConsumerSettings, queue: string) {
  return {
    queue,
    max_batch_size: String(settings.maxBatchSize),
    max_batch_timeout: String(settings.maxBatchTimeout),
    max_retries: String(settings.maxRetries),
    ...(maxConcurrency === null ? {} : { max_concurrency: String(maxConcurrency) }),
    ...(deadLetterQueue === null ? {} : { dead_letter_queue: deadLetterQueue }),
  };
}

describe.each([
  ["local", "queues"],
  ["production", "env.production.queues"],
] as const)("what operators are told of consumers (%s)", (where, section) => {
  test("is what the platform is told", () => {
    const consumers = tables(`${section}.consumers`).map((table) => Object.fromEntries(table));
    expect(consumers).toEqual(QUEUE_NAMES.map((queue) => written(CONSUMERS[where][queue], queue)));
  });

  test("covers every queue that the Worker sends to", () => {
    const producers = tables(`${section}.producers`).map((table) => table.get("queue"));
    expect(producers).toEqual([...QUEUE_NAMES]);
  });
});
