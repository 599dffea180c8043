import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { anchorText } from "../../../../src/domain/audit/anchor.ts";
import { type AuditEntry, commitmentOf, entryHash } from "../../../../src/domain/audit/audit-entry.ts";
import { verifyChain } from "../../../../src/domain/audit/verify-chain.ts";
import { type ChainWorld, grownChain, ORGANISATION } from "./memory-chain.ts";

const LENGTH = 23;
const ANCHORED = 16;

vi.setConfig({ testTimeout: 60_000 });

const shared: { world: ChainWorld | null; log: AuditEntry[] } = { world: null, log: [] };

beforeAll(async () => {
  shared.world = await grownChain(LENGTH, ANCHORED);
  shared.log = structuredClone(shared.world.log);
});

/** What verify says of this log, the chain and the archive being as they should be. */
async function verdictOf(log: AuditEntry[], span: { from?: number; to?: number } = {}) {
  const { world } = shared;
  if (world === null) throw new Error("no world");
  world.log = log;
  const deps = { chains: world, archive: world, signer: world.signer, log: world };
  return verifyChain(deps, { organisationId: ORGANISATION, from: span.from ?? 1, to: span.to ?? null });
}

async function firstBad(log: AuditEntry[]): Promise<number | null> {
  return (await verdictOf(log)).fault?.seq ?? null;
}

/** Hashes and links as a forger who knows the format would make them, from this position on. */
async function rechain(log: AuditEntry[], position: number): Promise<AuditEntry[]> {
  const forged = structuredClone(log);
  for (const [index, entry] of forged.entries()) {
    if (index < position) continue;
    entry.previous_hash = forged[index - 1]?.hash ?? entry.previous_hash;
    entry.hash = await entryHash(entry);
  }
  return forged;
}

const copy = (): AuditEntry[] => structuredClone(shared.log);
const position = fc.integer({ min: 0, max: LENGTH - 1 });

/** One bit of one character; never half a character, which Postgres refuses. */
function flipBit(text: string, at: number, bit: number): string {
  const index = at % text.length;
  return (
    text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ (1 << bit)) + text.slice(index + 1)
  );
}

const TEXTS = [
  "organisation_id",
  "at",
  "id",
  "action",
  "outcome",
  "request_id",
  "address",
  "user_agent",
  "salt",
  "address_commitment",
  "user_agent_commitment",
  "previous_hash",
  "hash",
] as const;

test("an untouched chain is valid, whole and in part", async () => {
  expect(await verdictOf(copy())).toMatchObject({
    fault: null,
    entries: LENGTH,
    checkedTo: LENGTH,
    nextFrom: null,
  });
  for (let from = 1; from <= LENGTH; from++) {
    const part = await verdictOf(copy(), { from, to: Math.min(LENGTH, from + 4) });
    expect(part).toMatchObject({ fault: null, checkedFrom: from, entries: Math.min(5, LENGTH - from + 1) });
  }
});

describe("verify names the first bad entry", () => {
  test("when any bit of any text column is flipped, emptied or filled", async () => {
    await fc.assert(
      fc.asyncProperty(
        position,
        fc.constantFrom(...TEXTS),
        fc.nat(),
        fc.integer({ min: 0, max: 6 }),
        fc.boolean(),
        async (index, column, at, bit, whole) => {
          const log = copy();
          const entry = log[index];
          if (entry === undefined) return;
          const before = entry[column];
          const after = before === null ? "x" : whole ? null : flipBit(before, at, bit);
          Object.assign(entry, { [column]: after });
          expect(await firstBad(log)).toBe(index + 1);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("when an actor, a resource or a detail is another", async () => {
    const changes: ((entry: AuditEntry) => void)[] = [
      (entry) => (entry.actor.kind = "key"),
      (entry) => (entry.actor.id = null),
      (entry) => (entry.resource = entry.resource === null ? { kind: "key", id: null } : null),
      (entry) => (entry.resource = { kind: null, id: entry.resource?.id ?? "key_2" }),
      (entry) => (entry.details = { scopes: 3 }),
      (entry) => (entry.details = { scopes: "2" }),
      (entry) => (entry.details = { scopes: 2, more: null }),
      (entry) => (entry.details = [entry.details]),
      (entry) => (entry.details = null),
    ];
    await fc.assert(
      fc.asyncProperty(position, fc.constantFrom(...changes), async (index, change) => {
        const log = copy();
        const entry = log[index];
        if (entry !== undefined) change(entry);
        expect(await firstBad(log)).toBe(index + 1);
      }),
      { numRuns: 300 },
    );
  });

  test("when a number is another, even one that is taken", async () => {
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: -5, max: LENGTH + 5 }), async (index, seq) => {
        fc.pre(seq !== index + 1);
        const log = copy();
        const entry = log[index];
        if (entry !== undefined) entry.seq = seq;
        expect(await firstBad(log)).toBe(Math.min(index + 1, seq));
      }),
      { numRuns: 300 },
    );
  });

  test("when entries are deleted, the others renumbered and rehashed or not", async () => {
    await fc.assert(
      fc.asyncProperty(
        position,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(0, 1, 2),
        async (index, many, how) => {
          let log = copy();
          log.splice(index, many);
          if (how > 0) for (const [at, entry] of log.entries()) entry.seq = at + 1;
          if (how > 1) log = await rechain(log, index);
          expect(await firstBad(log)).toBe(index + 1);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("when an entry is inserted, the others renumbered and rehashed or not", async () => {
    await fc.assert(
      fc.asyncProperty(position, position, fc.constantFrom(0, 1, 2), async (index, model, how) => {
        let log = copy();
        const other = log[model];
        if (other === undefined) return;
        const made = {
          ...structuredClone(other),
          seq: index + 1,
          id: "forged",
          at: "2026-11-20T08:00:00.000Z",
        };
        log.splice(index, 0, { ...made, hash: await entryHash(made) });
        if (how > 0) for (const [at, entry] of log.entries()) entry.seq = at + 1;
        if (how > 1) log = await rechain(log, index);
        expect(await firstBad(log)).toBe(index + 1);
      }),
      { numRuns: 300 },
    );
  });

  test("when two entries change places, with or without their hashes", async () => {
    await fc.assert(
      fc.asyncProperty(position, position, fc.boolean(), async (one, two, rehashed) => {
        fc.pre(one !== two);
        let log = copy();
        const [a, b] = [log[one], log[two]];
        if (a === undefined || b === undefined) return;
        [log[one], log[two]] = [
          { ...b, seq: one + 1 },
          { ...a, seq: two + 1 },
        ];
        if (rehashed) log = await rechain(log, Math.min(one, two));
        expect(await firstBad(log)).toBe(Math.min(one, two) + 1);
      }),
      { numRuns: 300 },
    );
  });

  test("when the tail is cut, wherever the last anchor is", async () => {
    for (let kept = 0; kept < LENGTH; kept++) {
      expect((await verdictOf(copy().slice(0, kept))).fault).toEqual({
        seq: kept + 1,
        reason: "entry_missing",
      });
    }
  });

  test("when the chain is rewritten from k on without a flaw of its own", async () => {
    for (let index = 0; index < LENGTH; index++) {
      const log = copy();
      const entry = log[index];
      if (entry !== undefined) entry.outcome = "failure";
      const forged = await rechain(log, index);
      expect((await verdictOf(forged)).fault).toEqual({ seq: index + 1, reason: "entry_rewritten" });
    }
  });

  test("when entries are added after the head", async () => {
    const last = shared.log.at(-1);
    if (last === undefined) throw new Error("empty");
    const added = { ...last, seq: LENGTH + 1, previous_hash: last.hash };
    const log = [...copy(), { ...added, hash: await entryHash(added) }];
    expect((await verdictOf(log)).fault).toEqual({ seq: LENGTH + 1, reason: "entry_unknown" });
  });

  test("when several things were done at once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(position, { minLength: 2, maxLength: 6 }), async (indexes) => {
        const log = copy();
        for (const [order, index] of indexes.entries()) {
          const entry = log[index];
          if (entry === undefined) continue;
          if (order % 2 === 0) entry.action = "member.removed";
          else entry.address = "198.51.100.1";
        }
        expect(await firstBad(log)).toBe(Math.min(...indexes) + 1);
      }),
      { numRuns: 200 },
    );
  });

  test("when an address is another and its commitment fits it", async () => {
    const log = copy();
    const entry = log[4];
    if (entry === undefined || entry.salt === null) throw new Error("no address");
    entry.address = "203.0.113.9";
    entry.address_commitment = await commitmentOf(entry.salt, entry.address);
    expect((await verdictOf(log)).fault).toEqual({ seq: 5, reason: "entry_changed" });
  });
});

describe("erasing", () => {
  test("an address, its user agent and their salt leaves the chain valid, and is counted", async () => {
    const log = copy();
    for (const entry of log.slice(0, 3))
      Object.assign(entry, { address: null, user_agent: null, salt: null });
    expect(await verdictOf(log)).toMatchObject({ fault: null, erased: 3, entries: LENGTH });
  });

  test.each(["address", "user_agent", "salt"] as const)(
    "only the %s is a change like another",
    async (column) => {
      const log = copy();
      Object.assign(log[1] ?? {}, { [column]: null });
      expect((await verdictOf(log)).fault).toEqual({ seq: 2, reason: "origin_changed" });
    },
  );
});

/** What verify says after something was done to the archive. */
const verdictAfter = async (change: (world: ChainWorld) => void) => {
  const world = await grownChain(LENGTH, ANCHORED);
  change(world);
  const deps = { chains: world, archive: world, signer: world.signer, log: world };
  return verifyChain(deps, { organisationId: ORGANISATION, from: 1, to: null });
};

describe("the archive", () => {
  test("without one of its anchors is no longer a witness from there on", async () => {
    expect((await verdictAfter((world) => world.anchors.delete(14))).fault).toEqual({
      seq: 8,
      reason: "anchor_missing",
    });
    expect((await verdictAfter((world) => world.anchors.delete(16))).fault).toEqual({
      seq: 15,
      reason: "anchor_missing",
    });
  });

  test("with an anchor that says something else, or nothing, is not believed", async () => {
    const forged = await verdictAfter((world) => {
      const anchor = world.anchors.get(14);
      if (anchor === undefined || anchor === "unreadable") return;
      world.anchors.set(14, { ...anchor, hashes: anchor.hashes.toReversed(), head: anchor.hashes[0] ?? "" });
    });
    expect(forged.fault).toEqual({ seq: 8, reason: "anchor_invalid" });
    const unreadable = await verdictAfter((world) => world.anchors.set(7, "unreadable"));
    expect(unreadable.fault).toEqual({ seq: 1, reason: "anchor_invalid" });
  });

  test("with an anchor of ours that does not follow the one before is not believed from there on", async () => {
    const world = await grownChain(12, 12);
    const [, second] = world.anchors.values();
    if (second === undefined || second === "unreadable") throw new Error("no anchor");
    const claim = { ...second, previous_hash: "a".repeat(64) };
    const { signature } = await world.signer.sign((key_id) => anchorText({ ...claim, key_id }));
    world.anchors.set(second.to, { ...claim, signature });
    const deps = { chains: world, archive: world, signer: world.signer, log: world };
    const { fault } = await verifyChain(deps, { organisationId: ORGANISATION, from: 1, to: null });
    expect(fault).toEqual({ seq: second.from, reason: "anchor_invalid" });
  });

  test("does not hide an earlier change of the log", async () => {
    const both = await verdictAfter((world) => {
      world.anchors.delete(14);
      Object.assign(world.log[4] ?? {}, { action: "key.revoked" });
    });
    expect(both.fault).toEqual({ seq: 5, reason: "entry_changed" });
  });
});

describe("a long chain", () => {
  test("is verified over several requests that leave nothing out", async () => {
    const world = await grownChain(LENGTH, ANCHORED);
    const deps = { chains: world, archive: world, signer: world.signer, log: world };
    const seen: [number | null, number | null][] = [];
    let from: number | null = 1;
    while (from !== null) {
      const request = { organisationId: ORGANISATION, from, to: null };
      const verdict = await verifyChain(deps, request, { entries: 10, anchors: 100 });
      expect(verdict.fault).toBeNull();
      seen.push([verdict.checkedFrom, verdict.checkedTo]);
      from = verdict.nextFrom;
    }
    expect(seen).toEqual([
      [1, 10],
      [11, 20],
      [21, 23],
    ]);
  });

  test("that begins where the last request ended shows a change before it through its link", async () => {
    const world = await grownChain(LENGTH, ANCHORED);
    Object.assign(world.log[10] ?? {}, { previous_hash: "0".repeat(64) });
    const deps = { chains: world, archive: world, signer: world.signer, log: world };
    const verdict = await verifyChain(deps, { organisationId: ORGANISATION, from: 11, to: 12 });
    expect(verdict.fault?.seq).toBe(11);
  });
});
