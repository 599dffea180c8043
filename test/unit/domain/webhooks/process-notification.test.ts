import { expect, test } from "vitest";
import type { RefreshRequest, RefreshResult, SourceFault } from "../../../../src/domain/enrichment/ports.ts";
import type { StoredCompany } from "../../../../src/domain/enrichment/stored-company.ts";
import type { InboundEvent } from "../../../../src/domain/webhooks/inbound/ports.ts";
import { processNotification } from "../../../../src/domain/webhooks/inbound/process-notification.ts";
import { receiveNotification } from "../../../../src/domain/webhooks/inbound/receive-notification.ts";

const RECEIVED = Date.parse("2026-11-20T10:00:00Z");
const SOURCES = ["recherche_entreprises", "bodacc"] as const;

function setUp(given: Partial<InboundEvent> | null = {}) {
  const receivedAt = new Date(RECEIVED).toISOString();
  const event: InboundEvent = { id: "inb_1", status: "received", sirens: ["1", "2"], receivedAt, ...given };
  const world = {
    event: given === null ? null : event,
    processed: [] as string[],
    asked: [] as RefreshRequest[],
    forgotten: [] as string[],
    pokes: 0,
    faults: {} as Record<string, SourceFault[]>,
    audit: "recorded" as RefreshResult["audit"],
  };
  const layer = (name: "isolate" | "edge" | "kv") => ({
    name,
    read: async () => null,
    write: async () => undefined,
    forget: async (siren: string) => {
      world.forgotten.push(`${name} ${siren}`);
    },
  });
  const deps = {
    inbound: {
      load: async () => world.event,
      markProcessed: async (id: string, at: string) => {
        world.processed.push(`${id} ${at}`);
      },
      storedAmong: async (sirens: string[]) => sirens.filter((siren) => siren !== "2"),
    },
    flights: {
      refresh: async (request: RefreshRequest): Promise<RefreshResult> => {
        world.asked.push(request);
        const stored: StoredCompany = { v: 1, siren: request.siren, states: [], sector: null, score: null };
        const faults = world.faults[request.siren] ?? [];
        return { stored, asked: [], audit: world.audit, faults, spent: {}, origin: "sources" };
      },
    },
    layers: [layer("isolate"), layer("edge"), layer("kv")],
    sources: [...SOURCES],
    now: () => RECEIVED + 90_000,
    poke: async () => {
      world.pokes += 1;
    },
  };
  return { world, deps };
}

const fault = (reason: SourceFault["reason"]): SourceFault => ({
  source: "bodacc",
  reason,
  retryAfterMs: null,
});

test("the companies that are stored are asked for again, as of the notification, for nobody's money", async () => {
  const { world, deps } = setUp();
  await processNotification(deps, "inb_1");
  expect(world.asked).toMatchObject([
    {
      siren: "1",
      sources: SOURCES,
      maxAgeMs: 90_000,
      patience: "batch",
      requester: { organisationId: "system", actor: { kind: "system", id: null } },
    },
  ]);
  expect(world.forgotten).toEqual(["isolate 1", "edge 1"]);
  expect(world.pokes).toBe(1);
  expect(world.processed).toEqual(["inb_1 2026-11-20T10:01:30.000Z"]);
});

test.each([
  ["processed already", { status: "processed" } as const],
  ["gone", null],
])("what is %s is left alone", async (_, event) => {
  const { world, deps } = setUp(event);
  await processNotification(deps, "inb_1");
  expect([world.asked, world.processed]).toEqual([[], []]);
});

test("what was given up is processed when it is asked for again", async () => {
  const { world, deps } = setUp({ status: "failed" });
  await processNotification(deps, "inb_1");
  expect(world.processed).toHaveLength(1);
});

test.each(["busy", "unavailable", "timeout", "circuit_open", "malformed"] as const)(
  "a source that is %s makes the message come again, after every company had its turn",
  async (reason) => {
    const { world, deps } = setUp({ sirens: ["1", "3", "4"] });
    world.faults = { "1": [fault(reason)] };
    await expect(processNotification(deps, "inb_1")).rejects.toThrow("1 companies not refreshed");
    expect(world.asked.map(({ siren }) => siren)).toEqual(["1", "3", "4"]);
    expect(world.processed).toEqual([]);
  },
);

test("a fault that another try would not change does not hold the notification up", async () => {
  const { world, deps } = setUp();
  world.faults = { "1": [fault("not_configured")] };
  await processNotification(deps, "inb_1");
  expect(world.processed).toHaveLength(1);
});

test("a collection that is not in the audit yet counts as not done", async () => {
  const { world, deps } = setUp();
  world.audit = "owed";
  await expect(processNotification(deps, "inb_1")).rejects.toThrow("1 companies not refreshed");
  expect(world.pokes).toBe(0);
});

test("what is kept but can't be announced is accepted all the same: the schedule announces it", async () => {
  const logged: string[] = [];
  const deps = {
    inbound: { receive: async () => ({ id: "inb_1", status: "received", isNew: true }) as const },
    announce: async () => {
      throw new Error("queue down");
    },
    log: { event: (name: string) => logged.push(name) },
  };
  const event = {
    id: "inb_1",
    channel: "generic",
    dedupeKey: "msg_1",
    sirens: ["1"],
    about: { type: "a" },
    receivedAt: new Date(RECEIVED).toISOString(),
  } as const;
  expect(await receiveNotification(deps, { ...event, sirens: ["1"] })).toEqual({
    id: "inb_1",
    status: "received",
  });
  expect(logged).toEqual(["inbound_not_announced"]);
});
