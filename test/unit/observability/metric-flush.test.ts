import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MetricBuffer } from "../../../src/observability/metric-buffer.ts";
import { MetricFlush, MetricOutbox, type MetricReport } from "../../../src/observability/metric-flush.ts";
import { MetricTotals } from "../../../src/observability/metric-totals.ts";

type Send = (report: MetricReport) => Promise<void>;

interface Isolate {
  buffer: MetricBuffer;
  outbox: MetricOutbox;
  flush: MetricFlush;
  /** What was promised to be done later, and the time it then is. */
  background: Promise<unknown>[];
  settle: () => void;
  events: string[];
  clock: { now: number };
}

function isolate(options: { send: Send; everyMs?: number | null; id?: string; sleeps?: boolean }): Isolate {
  const buffer = new MetricBuffer();
  const outbox = new MetricOutbox(buffer);
  const clock = { now: 1_000_000 };
  const events: string[] = [];
  const flush = new MetricFlush({
    outbox,
    send: options.send,
    newId: () => options.id ?? "isolate",
    now: () => clock.now,
    sleep: async (ms) => {
      if (options.sleeps === false) await new Promise(() => undefined);
      await Promise.resolve();
      clock.now += ms;
    },
    everyMs: options.everyMs === undefined ? 10_000 : options.everyMs,
    log: { event: (name) => void events.push(name) },
  });
  const background: Promise<unknown>[] = [];
  const settle = (): void => flush.settle((work) => void background.push(work));
  return { buffer, outbox, flush, background, settle, events, clock };
}

function countInto({ buffer }: Isolate, times = 1): void {
  for (let at = 0; at < times; at += 1) buffer.count("log_events_total", { level: "info" });
}

function loggedIn(report: MetricReport | undefined): number {
  return report?.deltas.counters.find(({ name }) => name === "log_events_total")?.by ?? 0;
}

/** Notes what arrives, or fails. */
function receiver(fails: () => boolean = () => false): { send: Send; reports: MetricReport[] } {
  const reports: MetricReport[] = [];
  const send: Send = async (report) => {
    reports.push(structuredClone(report));
    if (fails()) throw new Error("unreachable");
  };
  return { send, reports };
}

describe("an isolate hands over", () => {
  test("once, some seconds after its first invocation, even when nobody calls it again", async () => {
    const { send, reports } = receiver();
    const one = isolate({ send });
    for (let at = 0; at < 3; at += 1) {
      countInto(one);
      one.settle();
    }
    expect(one.background).toHaveLength(1);
    await Promise.all(one.background);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ isolate: "isolate", seq: 1 });
    expect(loggedIn(reports[0])).toBe(3);
    expect(one.clock.now).toBe(1_010_000);
    one.settle();
    expect(one.background).toHaveLength(1);
  });

  test("at once when it counted much", async () => {
    const { send, reports } = receiver();
    const one = isolate({ send, sleeps: false });
    countInto(one, 499);
    one.settle();
    expect(reports).toHaveLength(0);
    countInto(one);
    one.settle();
    await one.background[1];
    expect(loggedIn(reports[0])).toBe(500);
  });

  test("at the end of every invocation where that is wanted, and never where it is not", async () => {
    const { send, reports } = receiver();
    const eager = isolate({ send, everyMs: 0 });
    countInto(eager);
    eager.settle();
    await Promise.all(eager.background);
    expect(reports).toHaveLength(1);
    const never = isolate({ send, everyMs: null });
    countInto(never, 1_000);
    never.settle();
    expect(never.background).toHaveLength(0);
    await never.flush.handOver();
    expect(reports).toHaveLength(2);
  });

  test("with the next invocation, when the one that was to do it was cut short", async () => {
    const { send, reports } = receiver();
    const one = isolate({ send, sleeps: false });
    countInto(one);
    one.settle();
    one.clock.now += 10_000;
    one.settle();
    await one.background[1];
    expect(reports).toHaveLength(1);
  });

  test("with one that comes later, when the one that was sending was cut short", async () => {
    const { send, reports } = receiver();
    let hangs = true;
    const one = isolate({
      everyMs: 0,
      send: async (report) => {
        await send(report);
        if (hangs) await new Promise(() => undefined);
      },
    });
    countInto(one);
    one.settle();
    countInto(one);
    one.settle();
    expect(reports).toHaveLength(1);
    hangs = false;
    one.clock.now += 30_000;
    one.settle();
    await one.background[1];
    expect(reports.map(({ seq }) => seq)).toEqual([1, 1, 2]);
  });

  test("what was not acknowledged again, under its number, before what is newer", async () => {
    let failing = true;
    const { send, reports } = receiver(() => failing);
    const one = isolate({ send });
    countInto(one, 2);
    await one.flush.handOver();
    countInto(one, 5);
    await one.flush.handOver();
    failing = false;
    await one.flush.handOver();
    expect(reports.map(({ seq }) => seq)).toEqual([1, 1, 1, 2]);
    expect(reports.map(loggedIn)).toEqual([2, 2, 2, 5]);
    expect(one.events).toEqual(["metrics_flush_failed", "metrics_flush_failed"]);
    const results = reports[3]?.deltas.counters.filter(({ name }) => name === "metrics_flushes_total");
    expect(results?.map(({ values, by }) => [values[0], by])).toEqual([
      ["failed", 2],
      ["ok", 1],
    ]);
  });

  test("though nobody calls it again: what failed, or was being sent by one that was cut short", async () => {
    let failing = true;
    const { send, reports } = receiver(() => {
      const fails = failing;
      failing = false;
      return fails;
    });
    const failed = isolate({ send });
    countInto(failed, 2);
    failed.settle();
    await Promise.all(failed.background);
    expect(reports.map(({ seq }) => seq)).toEqual([1, 1, 2]);
    expect(failed.outbox.isEmpty).toBe(true);
    expect(failed.clock.now).toBe(1_020_000);

    const busy = isolate({ send, id: "busy" });
    countInto(busy);
    busy.outbox.busyUntil = busy.clock.now + 15_000;
    busy.settle();
    await Promise.all(busy.background);
    expect(reports.map(loggedIn)).toEqual([2, 2, 0, 1]);
  });

  test("and gives up before the invocation that promised it is over", async () => {
    const { send, reports } = receiver(() => true);
    const one = isolate({ send });
    countInto(one);
    one.settle();
    await Promise.all(one.background);
    expect(reports.map(({ seq }) => seq)).toEqual([1, 1, 1]);
    expect(one.clock.now).toBe(1_025_000);
    one.settle();
    expect(one.background).toHaveLength(2);
  });

  test("and waits after a failure as long as after a success, however much it counts", async () => {
    const { send, reports } = receiver(() => true);
    const one = isolate({ send, sleeps: false });
    countInto(one, 600);
    one.settle();
    await one.background[0];
    countInto(one, 600);
    one.settle();
    expect(reports).toHaveLength(1);
    one.clock.now += 10_000;
    one.settle();
    expect(reports).toHaveLength(2);
  });
});

/** How one attempt ends, and whether the object forgets what it did not store. */
const attempt = fc.record({
  by: fc.integer({ min: 0, max: 20 }),
  isolate: fc.integer({ min: 0, max: 3 }),
  fate: fc.constantFrom("ok", "never arrives", "answer lost", "evicted before it was stored", "evicted"),
});

test("whatever gets lost on the way, the totals are what was counted, once all is handed over", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { maxLength: 60 }), async (attempts) => {
      let stored: ConstructorParameters<typeof MetricTotals>[0] = { metrics: [], isolates: [] };
      let totals = new MetricTotals(stored);
      let fate = "ok";
      const store = (): void => {
        const { metrics, isolates } = totals.changes(0);
        const metricsByName = new Map([...stored.metrics, ...metrics].map((one) => [one.name, one]));
        const isolatesById = new Map([...stored.isolates, ...isolates].map((one) => [one.isolate, one]));
        stored = structuredClone({
          metrics: [...metricsByName.values()],
          isolates: [...isolatesById.values()],
        });
        totals.stored();
      };
      const send: Send = async (report) => {
        if (fate === "never arrives") throw new Error(fate);
        totals.add(structuredClone(report), 0);
        if (fate !== "evicted before it was stored") store();
        if (fate.startsWith("evicted")) totals = new MetricTotals(structuredClone(stored));
        if (fate !== "ok") throw new Error(fate);
      };
      const isolates = [0, 1, 2, 3].map((at) => isolate({ send, id: `isolate-${at}` }));
      let counted = 0;
      for (const one of attempts) {
        const from = isolates[one.isolate];
        if (from === undefined) continue;
        ({ fate } = one);
        countInto(from, one.by);
        counted += one.by;
        await from.flush.handOver();
        const sum = totals.snapshot(0).counters.find(({ name }) => name === "log_events_total")?.by ?? 0;
        const waiting = isolates.map(({ outbox: { buffer, unacknowledged } }) =>
          unacknowledged === null ? buffer.events : buffer.events + loggedIn(unacknowledged),
        );
        expect(sum).toBeLessThanOrEqual(counted);
        expect(sum).toBeGreaterThanOrEqual(counted - waiting.reduce((all, some) => all + some, 0));
      }
      fate = "ok";
      for (const one of isolates) await one.flush.handOver();
      const sum = totals.snapshot(0).counters.find(({ name }) => name === "log_events_total")?.by ?? 0;
      expect(sum).toBe(counted);
    }),
    { numRuns: 200 },
  );
});
