import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anchorText } from "../../../../src/domain/audit/anchor.ts";
import { entryHash, GENESIS_HASH } from "../../../../src/domain/audit/audit-entry.ts";
import { verifyChain } from "../../../../src/domain/audit/verify-chain.ts";
import { ChainWorld, grownChain, ORGANISATION, type Trouble } from "./memory-chain.ts";

async function verdictOf(world: ChainWorld) {
  const deps = { chains: world, archive: world, signer: world.signer, log: world };
  return verifyChain(deps, { organisationId: ORGANISATION, from: 1, to: null });
}

function expectWhole(world: ChainWorld, ids: string[]): void {
  const entries = world.log.toSorted((a, b) => a.seq - b.seq);
  expect(entries.map(({ seq }) => seq)).toEqual(ids.map((_, index) => index + 1));
  expect(entries.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(entries.map(({ previous_hash }) => previous_hash)).toEqual([
    ...(entries.length > 0 ? [GENESIS_HASH] : []),
    ...entries.slice(0, -1).map(({ hash }) => hash),
  ]);
}

describe("whatever fails, each act is in the chain exactly once and no number is missing", () => {
  const step = fc.oneof(
    fc.constant("act" as const),
    fc.constant("drain" as const),
    fc.constant("drains at once" as const),
    fc.constant("anchor" as const),
    fc.constant("evict" as const),
    fc.constantFrom<Trouble>("waiting", "append_before", "append_after", "archive_before", "archive_after"),
  );

  test("evictions, lost answers and outages of Postgres and the bucket, in any order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const world = new ChainWorld({ batch: 3, anchor: 4 });
        const ids: string[] = [];
        for (const one of steps) {
          if (one === "act") {
            ids.push(`aud_${ids.length}`);
            world.act(ids.at(-1) ?? "");
          } else if (one === "drain") await world.chain.drain();
          else if (one === "drains at once")
            await Promise.all([world.chain.drain(), world.chain.anchor(), world.chain.drain()]);
          else if (one === "anchor") await world.chain.anchor();
          else if (one === "evict") world.evict();
          else world.troubles.push(one);
        }
        world.troubles.length = 0;
        expect(await world.chain.drain()).toEqual({ ok: true, more: false });
        expect(await world.chain.anchor()).toEqual({ ok: true, more: false });
        expectWhole(world, ids);
        expect(world.outbox).toEqual([]);
        expect(await verdictOf(world)).toMatchObject({ fault: null, entries: ids.length });
        const ends = [...world.anchors.keys()].sort((a, b) => a - b);
        expect(ends.at(-1) ?? 0).toBe(ids.length);
      }),
      { numRuns: 400 },
    );
  });

  test("an eviction between the write to Postgres and its confirmation repeats the same batch", async () => {
    const world = new ChainWorld();
    for (const id of ["a", "b", "c"]) world.act(id);
    world.troubles.push("append_after");
    expect(await world.chain.drain()).toEqual({ ok: false, error: "Error" });
    const written = structuredClone(world.log);
    world.evict();
    world.act("d");
    await world.chain.drain();
    expect(world.log.slice(0, 3)).toEqual(written);
    expectWhole(world, ["a", "b", "c", "d"]);
    expect(world.events).toEqual(["audit_drain_failed"]);
    expect(world.overcome).toEqual([expect.any(Error)]);
  });

  test("a chain that was asked many times at once reads the outbox for the last of them too", async () => {
    const world = new ChainWorld();
    const first = world.chain.drain();
    world.act("late");
    await Promise.all([first, world.chain.drain(), world.chain.drain()]);
    expectWhole(world, ["late"]);
    expect(world.outbox).toEqual([]);
  });

  test("a drain stops after so many batches and says that there is more", async () => {
    const world = new ChainWorld({ batch: 2, batches: 2 });
    for (let index = 0; index < 5; index++) world.act(`aud_${index}`);
    expect(await world.chain.drain()).toEqual({ ok: true, more: true });
    expect(await world.chain.drain()).toEqual({ ok: true, more: false });
    expect(world.log).toHaveLength(5);
  });
});

describe("anchors", () => {
  test("follow one another without a gap, are signed, and hold at most so many hashes each", async () => {
    const world = await grownChain(17, 17);
    const anchors = [...world.anchors.values()].filter((anchor) => anchor !== "unreadable");
    expect(anchors.map(({ from, to }) => [from, to])).toEqual([
      [1, 7],
      [8, 14],
      [15, 17],
    ]);
    expect(anchors.flatMap(({ hashes }) => hashes)).toEqual(world.log.map(({ hash }) => hash));
    expect(anchors.map(({ previous_hash }) => previous_hash)).toEqual([
      GENESIS_HASH,
      ...anchors.slice(0, -1).map(({ head }) => head),
    ]);
    for (const anchor of anchors) {
      const signed = { keyId: anchor.key_id, signature: anchor.signature, text: anchorText(anchor) };
      expect(await world.signer.verify(signed)).toBe(true);
      expect(await world.signer.verify({ ...signed, text: `${signed.text} ` })).toBe(false);
    }
  });

  test("are not written when nothing was done since the last one", async () => {
    const world = await grownChain(5, 5);
    await world.chain.anchor();
    expect([...world.anchors.keys()]).toEqual([5]);
  });

  test("stay verifiable when the signing key was rotated, even in the middle of one", async () => {
    const world = await grownChain(5, 3);
    world.troubles.push("archive_after");
    await world.chain.anchor();
    world.keyring.rotate();
    world.act("after");
    expect(await world.chain.anchor()).toEqual({ ok: true, more: false });
    await world.chain.drain();
    await world.chain.anchor();
    expect([...world.anchors.keys()]).toEqual([3, 5, 6]);
    expect(await verdictOf(world)).toMatchObject({ fault: null, entries: 6 });
    expect((await world.signer.publicKeys()).map(({ key_id }) => key_id)).toEqual(["dk_2", "dk_1"]);
  });

  test("whose answer was lost are repeated as they were, although the chain has grown meanwhile", async () => {
    const world = new ChainWorld();
    for (const id of ["a", "b", "c"]) world.act(id);
    await world.chain.drain();
    world.troubles.push("archive_after");
    expect(await world.chain.anchor()).toEqual({ ok: false, error: "Error" });
    for (const id of ["d", "e"]) world.act(id);
    await world.chain.drain();
    expect(await world.chain.anchor()).toEqual({ ok: true, more: false });
    const runs = [...world.anchors.values()].map((one) => (one === "unreadable" ? one : [one.from, one.to]));
    expect(runs).toEqual([
      [1, 3],
      [4, 5],
    ]);
  });

  test("are never written over: another one in its place stops the chain of anchors", async () => {
    const world = await grownChain(5, 3);
    const [foreign] = world.anchors.values();
    if (foreign === undefined || foreign === "unreadable") throw new Error("no anchor");
    world.anchors.set(5, { ...foreign, to: 5 });
    expect(await world.chain.anchor()).toEqual({ ok: false, error: "AnchorConflict" });
    expect(world.anchors.get(5)).toEqual({ ...foreign, to: 5 });
  });
});

describe("a chain that lost its memory", () => {
  test("goes on after the last entry of the log, and says so", async () => {
    const world = await grownChain(9, 6);
    world.loseMemory();
    world.act("next");
    await world.chain.drain();
    expect(world.log.at(-1)).toMatchObject({ seq: 10, id: "next" });
    expect(world.events).toEqual(["audit_chain_resumed"]);
    expect(await verdictOf(world)).toMatchObject({ fault: null, entries: 10, resumed: { seq: 9 } });
    await world.chain.anchor();
    expect([...world.anchors.keys()]).toEqual([6, 10]);
  });

  test("goes on after the last anchor when the log is shorter, and the cut shows", async () => {
    const world = await grownChain(9, 6);
    world.log = world.log.filter(({ seq }) => seq < 5);
    world.loseMemory();
    world.act("next");
    await world.chain.drain();
    expect(world.log.at(-1)).toMatchObject({ seq: 7, id: "next" });
    expect((await verdictOf(world)).fault).toEqual({ seq: 5, reason: "entry_missing" });
  });

  test("no longer knows what an entry was, but its successor does", async () => {
    const world = await grownChain(9, 3);
    const entry = world.log.find(({ seq }) => seq === 6);
    if (entry === undefined) throw new Error("no entry");
    Object.assign(entry, { outcome: "failure" });
    entry.hash = await entryHash(entry);
    world.loseMemory();
    expect((await verdictOf(world)).fault).toEqual({ seq: 7, reason: "link_broken" });
  });

  test("does not take a number from an entry that is missing in between", async () => {
    const world = await grownChain(9, 3);
    world.log = world.log.filter(({ seq }) => seq !== 6);
    world.loseMemory();
    world.act("next");
    await world.chain.drain();
    expect(world.log.at(-1)).toMatchObject({ seq: 10, id: "next" });
    expect((await verdictOf(world)).fault).toEqual({ seq: 6, reason: "entry_missing" });
  });

  test("is not led astray by a number that no chain gave", async () => {
    const world = await grownChain(3, 3);
    const [first] = world.log;
    if (first !== undefined) world.log.push({ ...first, seq: 9_000_000_000_000 });
    world.loseMemory();
    world.act("next");
    await world.chain.drain();
    expect(world.log.at(-1)).toMatchObject({ seq: 4, id: "next" });
    expect((await verdictOf(world)).fault).toEqual({ seq: 9_000_000_000_000, reason: "entry_unknown" });
  });
});
