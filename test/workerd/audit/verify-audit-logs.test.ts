import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type AuditWorld, mintAuditWorld } from "./audit-world.ts";

const LENGTH = 6;
const ANCHORED = 3;

async function grown(): Promise<AuditWorld> {
  const world = await mintAuditWorld();
  await world.grow(ANCHORED);
  await world.services.audit.chains.anchor(world.organisationId);
  await world.grow(LENGTH - ANCHORED);
  return world;
}

const forge = (change: string, seq: number) =>
  `insert into audit_logs select (jsonb_populate_record(a, ${change}::jsonb)).* from audit_logs a
   where organisation_id = $1 and seq = ${seq}`;

const WHERE = "where organisation_id = $1 and seq";

test("a chain that nobody touched is valid, and says how far its witnesses go", async () => {
  const world = await grown();
  const rows = await world.rows();
  expect(await world.verify()).toMatchObject({
    valid: true,
    entries: LENGTH,
    checked_from: 1,
    checked_to: LENGTH,
    next_from: null,
    first_bad_index: null,
    reason: null,
    head: { seq: LENGTH, hash: rows.at(-1)?.["hash"] },
    anchored_seq: ANCHORED,
    resumed: null,
    erased: 0,
    keys: [{ algorithm: "Ed25519" }],
  });
  expect(await world.verify("?from=2&to=4")).toMatchObject({ valid: true, entries: 3, checked_to: 4 });
});

test("numbers that the log has not reached are refused, not called valid", async () => {
  const world = await grown();
  const response = await world.request("/api/v2/audit-logs/verify?from=7");
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ in: "query", pointer: "/from" }] });
  expect(await world.verify("?from=6")).toMatchObject({ valid: true, entries: 1 });
  expect(await world.verify("?to=99")).toMatchObject({ valid: true, entries: LENGTH });
});

test("what waits in the outbox is not part of the chain yet", async () => {
  const world = await grown();
  await world.act("waiting");
  expect(await world.verify()).toMatchObject({ valid: true, entries: LENGTH });
});

test("an organisation that never did anything has a valid, empty chain", async () => {
  const world = await mintAuditWorld();
  expect(await world.verify()).toMatchObject({
    valid: true,
    entries: 0,
    head: { seq: 0 },
    anchored_at: null,
  });
});

describe("any column that somebody changes in Postgres shows at its entry", () => {
  test.each([
    ["at", "at = at + interval '1 millisecond'"],
    ["at, for ever", "at = 'infinity'"],
    ["at, before Christ", "at = (to_char(at, 'YYYY-MM-DD HH24:MI:SS.MSTZH') || ' BC')::timestamptz"],
    ["id", "id = id || 'x'"],
    ["actor_kind", "actor_kind = 'key'"],
    ["actor_id", "actor_id = null"],
    ["action", "action = 'key.revoked'"],
    ["resource_kind", "resource_kind = null"],
    ["resource_id", "resource_id = 'key_other'"],
    ["outcome", "outcome = 'failure'"],
    ["request_id", "request_id = null"],
    ["details, a member", "details = details || '{\"scopes\": 3}'"],
    [
      "details, a digit that JavaScript would round away",
      "details = details || '{\"scopes\": 2.00000000000000000001}'",
    ],
    ["details, another type", "details = '[]'"],
    ["address", "address = '192.0.2.8'"],
    ["address, emptied alone", "address = null"],
    ["user_agent", "user_agent = 'test/2'"],
    ["salt", "salt = overlay(salt placing case when left(salt, 1) = '0' then '1' else '0' end from 1 for 1)"],
    ["salt, in capitals", "salt = upper(salt || 'a')"],
    ["address_commitment", "address_commitment = user_agent_commitment"],
    ["user_agent_commitment", "user_agent_commitment = null"],
    ["previous_hash", "previous_hash = hash"],
    ["hash", "hash = previous_hash"],
    ["hash, in capitals", "hash = upper(hash || 'a')"],
  ])("%s", async (_name, change) => {
    const world = await grown();
    await world.sql(`update audit_logs set ${change} ${WHERE} in (2, 5)`);
    expect(await world.verify()).toMatchObject({ valid: false, first_bad_index: 2, entries: 1 });
    expect(await world.verify("?from=3")).toMatchObject({ valid: false, first_bad_index: 5, entries: 2 });
  });
});

describe("rows that are taken away, added or moved show at the first of them", () => {
  test.each<[string, string[], number]>([
    ["deleted", [`delete from audit_logs ${WHERE} = 4`], 4],
    ["the first deleted", [`delete from audit_logs ${WHERE} = 1`], 1],
    ["the tail cut, after the anchor", [`delete from audit_logs ${WHERE} > 4`], 5],
    ["the tail cut, before the anchor", [`delete from audit_logs ${WHERE} > 2`], 3],
    ["all gone", [`delete from audit_logs ${WHERE} > 0`], 1],
    [
      "deleted, the others moved up",
      [`delete from audit_logs ${WHERE} = 2`, `update audit_logs set seq = seq - 1 ${WHERE} > 2`],
      2,
    ],
    ["given twice", [forge(`'{"at": "2026-11-01T00:00:00Z"}'`, 3)], 3],
    ["added after the head", [forge(`'{"seq": 7}'`, 6)], 7],
    ["added far after the head", [forge(`'{"seq": 9007199254740991}'`, 6)], 9007199254740991],
    ["added before the first", [forge(`'{"seq": 0}'`, 1)], 0],
    [
      "given to another organisation",
      [`update audit_logs set organisation_id = 'org_other' ${WHERE} = 3`],
      3,
    ],
    [
      "exchanged",
      [
        `update audit_logs set seq = -2 ${WHERE} = 2`,
        `update audit_logs set seq = 2 ${WHERE} = 5`,
        `update audit_logs set seq = 5 ${WHERE} = -2`,
      ],
      2,
    ],
  ])("%s", async (_name, statements, expected) => {
    const world = await grown();
    for (const text of statements) await world.sql(text);
    expect(await world.verify()).toMatchObject({ valid: false, first_bad_index: expected });
  });
});

test("addresses that were erased leave the chain valid, and are counted", async () => {
  const world = await grown();
  await world.sql(`update audit_logs set address = null, user_agent = null, salt = null ${WHERE} in (1, 5)`);
  expect(await world.verify()).toMatchObject({ valid: true, entries: LENGTH, erased: 2 });
});

test("an anchor that was deleted, or written by somebody else, shows at its first entry", async () => {
  const world = await grown();
  const key = `audit/v1/${world.organisationId}/0000000000000003.json`;
  const anchor = await (await env.AUDIT_ARCHIVE.get(key))?.json<Record<string, unknown>>();
  await env.AUDIT_ARCHIVE.put(key, JSON.stringify({ ...anchor, at: "2026-01-01T00:00:00.000Z" }));
  expect(await world.verify()).toMatchObject({ first_bad_index: 1, reason: "anchor_invalid" });
  await env.AUDIT_ARCHIVE.delete(key);
  expect(await world.verify()).toMatchObject({ first_bad_index: 1, reason: "anchor_missing" });
});

test("a chain whose object lost its memory goes on after the last number, and says so", async () => {
  const world = await grown();
  const stub = env.AUDIT_CHAIN.getByName(`audit:v1:${world.organisationId}`);
  await runInDurableObject(stub, async (_instance, { storage }) => {
    storage.kv.delete("state");
    storage.sql.exec("delete from hashes");
  });
  await world.grow(1);
  expect((await world.rows()).map(({ seq }) => Number(seq))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(await world.verify()).toMatchObject({
    valid: true,
    entries: 7,
    resumed: { seq: 6 },
    anchored_seq: 3,
  });
});

test("two organisations have each their own chain", async () => {
  const [one, other] = await Promise.all([mintAuditWorld(), mintAuditWorld()]);
  await Promise.all([one.grow(3), other.grow(2)]);
  await one.sql(`update audit_logs set outcome = 'failure' ${WHERE} = 2`);
  expect(await one.verify()).toMatchObject({ valid: false, first_bad_index: 2 });
  expect(await other.verify()).toMatchObject({ valid: true, entries: 2 });
});
