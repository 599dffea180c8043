import { expect, test, vi } from "vitest";
import { QueueControl } from "../../../src/queue/queue-control.ts";
import { KvQueuePauses } from "../../../src/storage/queue-settings.ts";

type Sent = { bodies: unknown[]; delaySeconds: number | undefined };

function setUp(metrics: Queue["metrics"]) {
  const sent: Sent[] = [];
  const logged: string[] = [];
  const queue = {
    metrics,
    send: vi.fn<Queue["send"]>(),
    sendBatch: async (
      messages: Iterable<MessageSendRequest>,
      options?: QueueSendBatchOptions,
    ): Promise<QueueSendBatchResponse> => {
      sent.push({ bodies: [...messages].map(({ body }) => body), delaySeconds: options?.delaySeconds });
      return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
    },
  };
  const log = { event: (name: string) => logged.push(name) };
  const queues = { enrichment: queue, exports: queue, events: queue, "dead-letter": queue };
  return { sent, logged, control: new QueueControl(queues, log) };
}

const EMPTY = async () => ({ backlogCount: 0, backlogBytes: 0 });

test("what is put back goes a hundred at a time, in its order, each body as it was", async () => {
  const { sent, control } = setUp(EMPTY);
  const bodies = Array.from({ length: 250 }, (_, n) => ({ n }));
  await control.sendAgain("events", bodies, 60);
  expect(sent.map((one) => one.bodies.length)).toEqual([100, 100, 50]);
  expect(sent.flatMap((one) => one.bodies)).toEqual(bodies);
  expect(new Set(sent.map(({ delaySeconds }) => delaySeconds))).toEqual(new Set([60]));
});

test("a queue is measured, and one that can't be is unknown, not empty", async () => {
  const oldest = new Date("2026-11-20T10:00:00Z");
  const measured = setUp(async () => ({
    backlogCount: 3,
    backlogBytes: 300,
    oldestMessageTimestamp: oldest,
  }));
  expect(await measured.control.gauge("events")).toEqual({
    backlogCount: 3,
    backlogBytes: 300,
    oldestMessageAt: oldest.toISOString(),
  });
  const broken = setUp(async () => {
    throw new Error("not now");
  });
  expect(await broken.control.gauge("events")).toEqual({
    backlogCount: null,
    backlogBytes: null,
    oldestMessageAt: null,
  });
  expect(broken.logged).toEqual(["queue_unmeasured"]);
});

test("while KV does not answer, consumers go on as they last knew, and operators are told", async () => {
  const stored = new Map([["queues:v1:events", "paused"]]);
  const kv = {
    get: vi.fn<(key: string) => Promise<string | null>>(),
    put: vi.fn<() => Promise<void>>(),
    delete: vi.fn<() => Promise<void>>(),
  };
  const logged: string[] = [];
  let now = 0;
  const pauses = new KvQueuePauses(kv, () => now, { event: (name) => logged.push(name) });
  kv.get.mockImplementation(async (key) => stored.get(key) ?? null);
  expect([await pauses.isPaused("events"), await pauses.isPaused("enrichment")]).toEqual([true, false]);
  kv.get.mockRejectedValue(new Error("kv down"));
  now += 5_000;
  expect([await pauses.isPaused("events"), await pauses.isPaused("enrichment")]).toEqual([true, false]);
  expect(await pauses.isPaused("dead-letter")).toBe(false);
  expect(logged).toEqual(Array.from({ length: 3 }, () => "queue_pause_unreadable"));
  await expect(pauses.read("events")).rejects.toMatchObject({ code: "storage.unavailable" });
});
