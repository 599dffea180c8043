import {
  abortAllDurableObjects,
  createExecutionContext,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { anchorAudit } from "../../../src/cron/jobs/anchor-audit.ts";
import { drainAudit } from "../../../src/cron/jobs/drain-audit.ts";
import { Anchor } from "../../../src/domain/audit/anchor.ts";
import { ChainStorage } from "../../../src/durable/chain-storage.ts";
import worker from "../../../src/worker.ts";
import { newIsolate } from "../limits/limited-world.ts";
import { type AuditWorld, mintAuditWorld } from "./audit-world.ts";

async function anchorsOf(organisationId: string): Promise<Anchor[]> {
  const { objects } = await env.AUDIT_ARCHIVE.list({ prefix: `audit/v1/${organisationId}/` });
  return Promise.all(
    objects.map(async ({ key }) => Anchor.parse(await (await env.AUDIT_ARCHIVE.get(key))?.json())),
  );
}

/** Postgres refuses the writes of this organisation until it is lifted. */
async function refuse(world: AuditWorld, table: string): Promise<() => Promise<void>> {
  const { organisationId, database } = world;
  const name = `refuse_${organisationId.replaceAll("-", "_")}`;
  const rule = `check (organisation_id <> '${organisationId}') not valid`;
  await database.query(`alter table ${table} add constraint ${name} ${rule}`);
  return async () => {
    await database.query(`alter table ${table} drop constraint ${name}`);
  };
}

const bytes = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

describe("each act is in the chain exactly once, and no number is missing", () => {
  test("when 200 acts happen at once and each asks the chain", async () => {
    const world = await mintAuditWorld();
    const ids = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const id = await world.act(String(index));
        await world.services.audit.poke(world.organisationId);
        return id;
      }),
    );
    const rows = await world.rows();
    expect(rows.map(({ seq }) => Number(seq))).toEqual(ids.map((_, index) => index + 1));
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids));
    expect(await world.verify()).toMatchObject({ valid: true, entries: 200, first_bad_index: null });
  });

  test("when the object is evicted again and again while acts go on", async () => {
    const world = await mintAuditWorld();
    const ids: string[] = [];
    for (let round = 0; round < 8; round++) {
      const acts = Array.from({ length: 12 }, async (_, index) => world.act(`${round} ${index}`));
      ids.push(...(await Promise.all(acts)));
      await world.services.audit.chains.witness(world.organisationId, { from: 0, to: 0 });
      const drained = world.services.audit.poke(world.organisationId);
      ids.push(await world.act(`late ${round}`));
      await scheduler.wait(round);
      await abortAllDurableObjects();
      await drained;
    }
    await world.services.audit.poke(world.organisationId);
    const rows = await world.rows();
    expect(rows.map(({ seq }) => Number(seq))).toEqual(ids.map((_, index) => index + 1));
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(ids));
    expect(await world.verify()).toMatchObject({ valid: true, entries: ids.length });
  });

  test("when Postgres refuses the log for a while", async () => {
    const world = await mintAuditWorld();
    await world.act("1");
    const lift = await refuse(world, "audit_logs");
    await world.services.audit.poke(world.organisationId);
    await world.act("2");
    await lift();
    await abortAllDurableObjects();
    await world.services.audit.poke(world.organisationId);
    expect((await world.rows()).map(({ seq }) => Number(seq))).toEqual([1, 2]);
    expect(await world.verify()).toMatchObject({ valid: true, entries: 2 });
  });
});

test("an act that can't be recorded does not happen: 503, come back later", async () => {
  const world = await mintAuditWorld();
  const lift = await refuse(world, "audit_outbox");
  const response = await world.request("/api/v2/audit-logs/export");
  await lift();
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await response.json()).toMatchObject({ code: "audit.unavailable", retryable: true });
});

describe("the request waits for the outbox alone", () => {
  test("a record is one statement in one round trip", async () => {
    const world = await mintAuditWorld();
    const calls = vi.spyOn(globalThis, "fetch");
    await world.act("1");
    expect(calls).toHaveBeenCalledTimes(1);
  });

  test("a chain that never answers does not hold an act back", async () => {
    const world = await mintAuditWorld();
    const never = new Promise<never>(() => undefined);
    const drain = vi.fn<() => Promise<never>>(async () => never);
    const isolate = newIsolate({ AUDIT_CHAIN: { getByName: () => ({ drain }) } as never });
    const siren = world.siren();
    const request = new Request("https://api.test/api/v2/scraping/enrich", {
      method: "POST",
      headers: { authorization: `Bearer ${world.key}`, "content-type": "application/json" },
      body: JSON.stringify({ siren }),
    });
    const response = await worker.fetch(request, isolate, createExecutionContext());
    expect(response.status).toBe(200);
    expect(drain).toHaveBeenCalledTimes(1);
  });
});

describe("anchors", () => {
  test("hold every hash once, and follow one another without a gap", async () => {
    const world = await mintAuditWorld();
    await world.grow(3);
    const { chains } = world.services.audit;
    expect(await chains.anchor(world.organisationId)).toEqual({ ok: true, more: false });
    await chains.anchor(world.organisationId);
    await world.grow(2);
    await chains.anchor(world.organisationId);
    const anchors = await anchorsOf(world.organisationId);
    expect(anchors.map(({ from, to }) => [from, to])).toEqual([
      [1, 3],
      [4, 5],
    ]);
    const rows = await world.rows();
    expect(anchors.flatMap(({ hashes }) => hashes)).toEqual(rows.map(({ hash }) => hash));
    expect(await world.verify()).toMatchObject({ valid: true, entries: 5, anchored_seq: 5 });
  });

  test("can be checked by a third party with the published key", async () => {
    const world = await mintAuditWorld();
    await world.grow(2);
    await world.services.audit.chains.anchor(world.organisationId);
    const { keys } = await world.verify();
    const [anchor] = await anchorsOf(world.organisationId);
    if (anchor === undefined) throw new Error("no anchor");
    const { signature, ...signed } = anchor;
    const known = (keys as { key_id: string; public_key: string }[]).find(
      (key) => key.key_id === anchor.key_id,
    );
    const key = await crypto.subtle.importKey("raw", bytes(known?.public_key ?? ""), "Ed25519", false, [
      "verify",
    ]);
    const sorted = Object.fromEntries(Object.entries(signed).sort(([a], [b]) => (a < b ? -1 : 1)));
    const text = new TextEncoder().encode(JSON.stringify(sorted));
    expect(await crypto.subtle.verify("Ed25519", key, bytes(signature), text)).toBe(true);
  });
});

test("an anchor is created once: the second one is refused, and the first stays", async () => {
  const { services, organisationId } = await mintAuditWorld();
  const anchor = {
    v: 1 as const,
    organisation_id: organisationId,
    from: 1,
    to: 1,
    previous_hash: "0".repeat(64),
    head: "a".repeat(64),
    hashes: ["a".repeat(64)],
    at: "2026-11-20T09:00:00.000Z",
    key_id: "dk_1",
    signature: "first",
  };
  const { archive } = services.audit;
  expect(await archive.create(anchor)).toBe(true);
  expect(await archive.create({ ...anchor, signature: "second" })).toBe(false);
  expect(await archive.load(organisationId, 1)).toEqual(anchor);
});

describe("an object that nobody asks any more", () => {
  test("comes back for a batch that it had written ahead when it was cut short", async () => {
    const stub = env.AUDIT_CHAIN.getByName(`audit:v1:org_${crypto.randomUUID()}`);
    const alarm = await runInDurableObject(stub, async (_instance, { storage }) => {
      new ChainStorage(storage).stage([]);
      const planned = await storage.getAlarm();
      await storage.deleteAlarm();
      return planned;
    });
    expect(alarm).not.toBeNull();
  });

  test("comes back for what it could not read, although it was anchored meanwhile", async () => {
    const world = await mintAuditWorld();
    const { chains } = world.services.audit;
    const stub = env.AUDIT_CHAIN.getByName(`audit:v1:${world.organisationId}`);
    const alarmOf = async () =>
      runInDurableObject(stub, async (_instance, { storage }) => storage.getAlarm());
    await world.grow(1);
    await world.sql(
      `insert into audit_outbox (id, organisation_id, record) values ('aud_x', $1, '{"at": "x"}')`,
    );
    expect((await chains.drain(world.organisationId)).ok).toBe(false);
    const retry = await alarmOf();
    expect(retry).not.toBeNull();
    expect(await chains.anchor(world.organisationId)).toEqual({ ok: true, more: false });
    expect(await alarmOf()).toBe(retry);
    await world.sql("delete from audit_outbox where organisation_id = $1");
    await runDurableObjectAlarm(stub);
    expect(await alarmOf()).toBeNull();
  });

  test("takes by itself what Postgres refused", async () => {
    const world = await mintAuditWorld();
    const lift = await refuse(world, "audit_logs");
    await world.act("1");
    await world.services.audit.poke(world.organisationId);
    await lift();
    await abortAllDurableObjects();
    await runDurableObjectAlarm(env.AUDIT_CHAIN.getByName(`audit:v1:${world.organisationId}`));
    expect(await world.rows()).toHaveLength(1);
  });

  test("anchors by itself what the hourly job forgot", async () => {
    const world = await mintAuditWorld();
    await world.grow(1);
    const stub = env.AUDIT_CHAIN.getByName(`audit:v1:${world.organisationId}`);
    await abortAllDurableObjects();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * 3_600_000 });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    vi.useRealTimers();
    expect(await anchorsOf(world.organisationId)).toHaveLength(1);
    expect(await runDurableObjectAlarm(stub)).toBe(false);
  });
});

describe("the jobs", () => {
  test("every five minutes, take what was left behind for more than a minute, and leave the rest", async () => {
    const world = await mintAuditWorld();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2001-01-01T00:00:00Z") });
    await world.act("old");
    vi.useRealTimers();
    await drainAudit({ ...world.services, now: () => Date.parse("2001-01-01T00:00:30Z") });
    expect(await world.rows()).toHaveLength(0);
    await drainAudit({ ...world.services, now: () => Date.parse("2001-01-01T00:01:30Z") });
    expect(await world.rows()).toHaveLength(1);
  });

  test("every hour, anchor the chains that moved", async () => {
    const world = await mintAuditWorld();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2003-01-01T00:00:00Z") });
    await world.act("old");
    vi.useRealTimers();
    await world.services.audit.poke(world.organisationId);
    await anchorAudit({ ...world.services, now: () => Date.parse("2003-01-01T03:00:00Z") });
    expect(await anchorsOf(world.organisationId)).toHaveLength(0);
    await anchorAudit({ ...world.services, now: () => Date.parse("2003-01-01T01:00:00Z") });
    expect(await anchorsOf(world.organisationId)).toHaveLength(1);
  });
});
