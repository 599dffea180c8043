import { expect, test } from "vitest";
import { MOST_DELAY_SECONDS, QueueProducer } from "../../../src/queue/producer.ts";

interface Sent {
  queue: string;
  bodies: unknown[];
  delaySeconds: number;
}

function open(): { producer: QueueProducer; sent: Sent[] } {
  const sent: Sent[] = [];
  const binding = (queue: string) => ({
    sendBatch: async (messages: { body: unknown }[], { delaySeconds }: { delaySeconds: number }) => {
      sent.push({ queue, bodies: messages.map(({ body }) => body), delaySeconds });
    },
  });
  const queues = {
    enrichment: binding("enrichment"),
    exports: binding("exports"),
    events: binding("events"),
  };
  return { producer: new QueueProducer(queues), sent };
}

test("a message goes to the queue of its kind, with its version", async () => {
  const { producer, sent } = open();
  await producer.send([
    { type: "event.published", event_id: "evt_1" },
    { type: "task.finalize", task_id: "tsk_1" },
  ]);
  expect(sent).toEqual([
    { queue: "enrichment", bodies: [{ v: 1, type: "task.finalize", task_id: "tsk_1" }], delaySeconds: 0 },
    { queue: "events", bodies: [{ v: 1, type: "event.published", event_id: "evt_1" }], delaySeconds: 0 },
  ]);
});

test("many go a hundred at a time, each once, and a delay within what a queue takes", async () => {
  const { producer, sent } = open();
  const chunks = Array.from({ length: 250 }, (_, chunk) => chunk);
  await producer.send(
    chunks.map((chunk) => ({ type: "task.chunk", task_id: "tsk_1", chunk })),
    1e9,
  );
  expect(sent.map(({ bodies }) => bodies.length)).toEqual([100, 100, 50]);
  expect(sent.flatMap(({ bodies }) => bodies)).toMatchObject(chunks.map((chunk) => ({ chunk })));
  expect(sent.every(({ delaySeconds }) => delaySeconds === MOST_DELAY_SECONDS)).toBe(true);
});
