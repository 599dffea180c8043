import { describe, expect, test } from "vitest";
import type { RefreshResult } from "../../../../src/domain/enrichment/ports.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import {
  buildRecord,
  buildRequester,
  failedAnswer,
  foundAnswer,
  NOW,
} from "../../../support/enrichment-world.ts";
import { board, settle } from "./flight-board.ts";

const sourcesOf = ({ stored }: RefreshResult): SourceName[] => stored.states.map(({ source }) => source);
const PERSON = { requester: buildRequester("org_b"), patience: "request" } as const;

/** A batch has asked both sources, and INSEE does not answer yet. */
async function batchUnderWay(answers: Parameters<typeof board>[0] = {}) {
  const scene = board(answers);
  const release = scene.hold("insee");
  const batch = scene.refresh(["recherche_entreprises", "insee"], { patience: "batch" });
  await settle();
  return { ...scene, release, batch };
}

describe("a request that joins the calls of a batch", () => {
  test("makes those that it waits for urgent, and no others", async () => {
    const { refresh, urgencies, release, batch } = await batchUnderWay();
    expect(urgencies.get("insee")?.patience).toBe("batch");
    const other = refresh(["insee"], { patience: "batch" });
    await settle();
    expect(urgencies.get("insee")?.patience).toBe("batch");
    const person = refresh(["insee"], PERSON);
    await settle();
    expect(urgencies.get("insee")?.patience).toBe("request");
    expect(urgencies.get("recherche_entreprises")?.patience).toBe("batch");
    release();
    const results = await Promise.all([batch, other, person]);
    expect(results.map(({ faults }) => faults)).toEqual([[], [], []]);
  });

  test("has its answer as soon as the sources that it named have answered", async () => {
    const { refresh, release, batch, asked } = await batchUnderWay();
    const { stored, faults, audit } = await refresh(["recherche_entreprises"], PERSON);
    expect(stored.states.map(({ source }) => source)).toEqual(["recherche_entreprises"]);
    expect([faults, audit]).toEqual([[], "recorded"]);
    release();
    expect(sourcesOf(await batch).toSorted()).toEqual(["insee", "recherche_entreprises"]);
    expect(asked).toEqual(["recherche_entreprises", "insee"]);
  });

  test("waits no longer than a request does: what has not answered is busy, the rest is given", async () => {
    const { refresh, sleeping, clock, release, batch, asked } = await batchUnderWay();
    const person = refresh(["recherche_entreprises", "insee"], PERSON);
    await settle();
    expect(sleeping.map(({ ms }) => ms)).toEqual([8_000]);
    clock.now += 8_000;
    sleeping[0]?.end();
    const result = await person;
    expect(result.faults).toEqual([{ source: "insee", reason: "busy", retryAfterMs: null }]);
    expect(sourcesOf(result)).toEqual(["recherche_entreprises"]);
    release();
    expect((await batch).faults).toEqual([]);
    expect(asked).toEqual(["recherche_entreprises", "insee"]);
  });

  test("and left is not recorded as having got the rest; who stayed is", async () => {
    const { refresh, sleeping, store, release, batch } = await batchUnderWay({
      insee: foundAnswer(buildRecord(), 2),
      recherche_entreprises: foundAnswer(buildRecord(), 1),
    });
    const left = refresh(["recherche_entreprises", "insee"], PERSON);
    const stayed = refresh(["insee"], { requester: buildRequester("org_b"), patience: "batch" });
    const third = refresh(["insee"], { requester: buildRequester("org_c"), patience: "request" });
    await settle();
    for (const { end } of sleeping) end();
    const told = () =>
      store.records.map(({ organisationId, details }) => [
        organisationId,
        details["sources"],
        details["credits"],
      ]);
    expect((await left).audit).toBe("recorded");
    expect((await third).audit).toBe("nothing");
    expect(told()).toEqual([
      ["org_a", "recherche_entreprises", 1],
      ["org_b", "recherche_entreprises", 0],
    ]);
    release();
    expect((await Promise.all([batch, stayed])).map(({ audit }) => audit)).toEqual(["recorded", "recorded"]);
    expect(told().slice(2)).toEqual([
      ["org_a", "insee", 2],
      ["org_b", "insee", 0],
    ]);
  });

  test("does not cut short what it asks by itself", async () => {
    const { refresh, hold, sleeping, release, batch } = await batchUnderWay();
    const releaseOwn = hold("bodacc");
    const person = refresh(["insee", "bodacc"], PERSON);
    await settle();
    for (const { end } of sleeping) end();
    await settle();
    releaseOwn();
    const result = await person;
    expect(result.faults).toMatchObject([{ source: "insee", reason: "busy" }]);
    expect(sourcesOf(result).toSorted()).toEqual(["bodacc", "recherche_entreprises"]);
    release();
    await batch;
  });
});

test("a batch waits for what it joined however long it takes", async () => {
  const { refresh, hold, sleeping } = board();
  const release = hold("insee");
  const person = refresh(["insee"]);
  await settle();
  const batch = refresh(["insee"], { ...PERSON, patience: "batch" });
  await settle();
  expect(sleeping).toEqual([]);
  release();
  for (const { faults } of await Promise.all([person, batch])) expect(faults).toEqual([]);
});

test("a source that failed is asked again by the next one, while another of the same call is still awaited", async () => {
  const { refresh, release, batch, scene, asked } = await batchUnderWay({
    recherche_entreprises: failedAnswer("unavailable"),
  });
  scene.answers = {};
  expect((await refresh(["recherche_entreprises"], PERSON)).faults).toEqual([]);
  expect(asked).toEqual(["recherche_entreprises", "insee", "recherche_entreprises"]);
  release();
  expect((await batch).faults).toMatchObject([{ source: "recherche_entreprises", reason: "unavailable" }]);
});

describe("what could not be kept", () => {
  test("is kept by the next one who asks, and is not bought twice", async () => {
    const { refresh, journal, asked } = board({ pappers: foundAnswer(buildRecord(), 1) });
    const write = journal.write.bind(journal);
    journal.write = () => {
      throw new Error("storage is away");
    };
    await expect(refresh(["pappers"])).rejects.toThrow("storage is away");
    journal.write = write;
    const { stored } = await refresh(["pappers"], { notBefore: NOW });
    expect(stored.states).toHaveLength(1);
    expect(asked).toEqual(["pappers"]);
  });
});
