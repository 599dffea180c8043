import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { purgeChanges } from "../../../src/cron/jobs/purge-changes.ts";
import { maskPartialDiffusion } from "../../../src/domain/enrichment/mask-partial-diffusion.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { buildDirigeant } from "../../support/build-facts.ts";
import { mintTestKey } from "../jobs/task-world.ts";
import { createHook } from "../webhooks/receiver.ts";
import { makeList, mintWatching, store, type WatchedWorld } from "./watched-world.ts";

const HOOK = { url: "https://receiver.example.com/hooks", events: ["company.changed"] };
const DAY = 86_400_000;

describe("a watched company that changes", () => {
  test("is told once, with what it was and is, and its event names fields and scores only", async () => {
    const watching = await mintWatching();
    await createHook(watching.world, HOOK);
    const { facts, list } = await watching.watched();
    const second = await makeList(watching.world, [facts.siren]);
    await makeList(watching.world, [facts.siren], { watched: false });
    const claire = buildDirigeant({ nom: "MARTIN", prenoms: "Claire" });
    await store(watching.world, { ...facts, effectif: 40, dirigeants: [claire] }, { score: 99 });
    await watching.watch();
    await watching.watch();
    const [change, ...others] = await watching.changes();
    expect(others).toEqual([]);
    const before = change?.score_before ?? Number.NaN;
    expect(change).toEqual({
      change_id: expect.stringMatching(/^chg_/),
      siren: facts.siren,
      nom_entreprise: "EXEMPLE MÉCANIQUE",
      at: expect.stringMatching(/Z$/),
      kind: "changed",
      score_before: expect.any(Number),
      score_after: 99,
      score_delta: 99 - before,
      changes: [
        { field: "effectif", before: 34, after: 40 },
        { field: "dirigeants", added: [claire], removed: facts.dirigeants, changed: [] },
      ],
    });
    const [delivery, ...more] = await watching.deliveries();
    expect(more).toEqual([]);
    expect(watching.sent).toContainEqual({ type: "event.published", event_id: delivery?.id });
    expect(JSON.parse(delivery?.body ?? "")).toEqual({
      type: "company.changed",
      timestamp: change?.at,
      data: {
        change_id: change?.change_id,
        siren: facts.siren,
        kind: "changed",
        changed_fields: ["effectif", "dirigeants"],
        score_before: before,
        score_after: 99,
        score_delta: 99 - before,
        lists: [list, second],
        at: change?.at,
      },
    });
    expect(delivery?.body).not.toMatch(/MARTIN|Claire|DURAND/);
  });

  test("is told to each organisation that watches it, and to no other", async () => {
    const first = await mintWatching();
    const { facts } = await first.watched();
    const second = await mintWatching();
    await makeList(second.world, [facts.siren]);
    const third = await mintWatching();
    await makeList(third.world, [facts.siren], { watched: false });
    await first.watch();
    await store(first.world, { ...facts, effectif: 40 });
    await first.watch();
    expect([await first.changes(), await second.changes()].map(({ length }) => length)).toEqual([1, 1]);
    expect(await third.changes()).toEqual([]);
    const { list } = await first.watched({ siren: first.world.siren("another") });
    const foreign = await second.world.request(`/api/v2/changes?list_id=${list}`);
    expect(foreign.status).toBe(404);
  });

  test("is told once when two runs meet", async () => {
    const watching = await mintWatching();
    await createHook(watching.world, HOOK);
    const { facts } = await watching.watched();
    for (const effectif of [40, 41, 42]) {
      await store(watching.world, { ...facts, effectif });
      await Promise.all([watching.watch(), watching.watch(), watching.watch()]);
    }
    expect(await watching.changes()).toHaveLength(3);
    expect(await watching.deliveries()).toHaveLength(3);
  });

  test("is not told when its list is watched no longer, nor of what happened meanwhile when it is again", async () => {
    const watching = await mintWatching();
    const { facts, list } = await watching.watched();
    const set = async (watched: boolean) =>
      watching.world.database.query("update lists set watched = $2 where id = $1", [list, watched]);
    await set(false);
    await watching.watch();
    await store(watching.world, { ...facts, effectif: 40 });
    await watching.watch();
    await set(true);
    await watching.watch();
    expect(await watching.changes()).toEqual([]);
    await store(watching.world, { ...facts, effectif: 41 });
    await watching.watch();
    expect((await watching.changes()).map(({ changes }) => changes)).toEqual([
      [{ field: "effectif", before: 40, after: 41 }],
    ]);
  });
});

describe("what is told of a company", () => {
  test("that is stored for the first time: that it appeared, with its score", async () => {
    const watching = await mintWatching();
    const facts = watching.facts();
    await makeList(watching.world, [facts.siren]);
    await watching.watch();
    expect(await watching.changes()).toEqual([]);
    await store(watching.world, facts, { score: 64 });
    await watching.watch();
    await watching.watch();
    expect(await watching.changes()).toMatchObject([
      { kind: "appeared", score_before: null, score_after: 64, score_delta: null, changes: [] },
    ]);
  });

  test("whose score alone moved: the scores; whose entries only changed places: nothing", async () => {
    const watching = await mintWatching();
    const { facts } = await watching.watched();
    await store(watching.world, { ...facts, evenements: facts.evenements.toReversed() });
    await watching.watch();
    expect(await watching.changes()).toEqual([]);
    await store(watching.world, { ...facts, evenements: facts.evenements.toReversed() }, { score: 3 });
    await watching.watch();
    expect(await watching.changes()).toMatchObject([{ kind: "changed", score_after: 3, changes: [] }]);
  });

  test("of which the former facts are not kept any more, or can't be read: that they changed", async () => {
    const watching = await mintWatching();
    const { facts } = await watching.watched();
    const { database } = watching.world;
    await database.query("delete from snapshots where siren = $1", [facts.siren]);
    await store(watching.world, { ...facts, effectif: 40 });
    await watching.watch();
    await database.query(`update snapshots set facts = '{"statut": "of another time"}' where siren = $1`, [
      facts.siren,
    ]);
    await store(watching.world, { ...facts, effectif: 41 });
    await watching.watch();
    await store(watching.world, { ...facts, effectif: 42 });
    await watching.watch();
    expect((await watching.changes()).map(({ kind }) => kind)).toEqual([
      "changed",
      "not_comparable",
      "not_comparable",
    ]);
  });

  test("after years in which it did not: what it was is still known, though its first snapshot is not kept", async () => {
    const watching = await mintWatching();
    const { database } = watching.world;
    const facts = watching.facts();
    const now = Date.now();
    const since = (months: number) => now - months * 30.5 * DAY;
    await store(watching.world, facts, { at: since(35) });
    await makeList(watching.world, [facts.siren]);
    await watching.watch();
    for (const months of [6, 4, 2]) await store(watching.world, facts, { at: since(months) });
    const kept = await database.query(
      "select scraped_at from snapshots where siren = $1 order by scraped_at",
      [facts.siren],
    );
    expect(kept).toEqual([{ scraped_at: new Date(since(35)) }, { scraped_at: new Date(since(4)) }]);
    await database.query("delete from snapshots where siren = $1 and scraped_at < $2", [
      facts.siren,
      new Date(since(30)).toISOString(),
    ]);
    await store(watching.world, { ...facts, effectif: 40 });
    await watching.watch();
    expect(await watching.changes()).toMatchObject([
      { kind: "changed", changes: [{ field: "effectif", before: 34, after: 40 }] },
    ]);
  });

  test("that opposed publication: nothing that the register hides, in older changes neither", async () => {
    const watching = await mintWatching();
    const { facts } = await watching.watched();
    const changed = { ...facts, effectif: 40, dirigeants: [buildDirigeant({ nom: "MARTIN" })] };
    await store(watching.world, changed);
    await watching.watch();
    expect(JSON.stringify(await watching.changes())).toContain("MARTIN");
    await store(watching.world, maskPartialDiffusion({ ...changed, diffusion: "partielle" }));
    await watching.watch();
    expect((await watching.changes()).map(({ changes }) => changes)).toEqual([
      [{ field: "diffusion", before: "complete", after: "partielle" }],
      [{ field: "effectif", before: 34, after: 40 }],
    ]);
  });
});

test("lists of test keys are not watched: their companies are invented and never change", async () => {
  const watching = await mintWatching();
  const facts = watching.facts();
  await makeList(watching.world, [facts.siren], { mode: "test" });
  await watching.watch();
  await store(watching.world, facts);
  await watching.watch();
  const key = await mintTestKey(watching.world.organisationId);
  const response = await watching.world.request("/api/v2/changes", {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(await response.json()).toEqual({ data: [], next_cursor: null, has_more: false });
});

describe("a run that is cut", () => {
  const network = globalThis.fetch;

  /** The network fails at the n-th call of the database, before it is made or after. Ends it: whether it came to that. */
  function failCall(n: number, moment: "before" | "after"): () => boolean {
    let calls = 0;
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      if (!url.startsWith(env.NEON_LOCAL_BRIDGE) || ++calls !== n) return network(input, init);
      if (moment === "after") await (await network(input, init)).arrayBuffer();
      throw new TypeError("the network is away");
    });
    return () => {
      spy.mockRestore();
      return calls >= n;
    };
  }

  test.each(["before", "after"] as const)(
    "%s any of its statements tells each change exactly once when it runs again",
    async (moment) => {
      const watching = await mintWatching();
      await createHook(watching.world, HOOK);
      const { facts } = await watching.watched();
      let cuts = 0;
      for (let n = 1; ; n += 1) {
        await store(watching.world, { ...facts, effectif: 100 + n });
        const failed = failCall(n, moment);
        const outcome = await watching.watch().then(
          () => "done",
          () => "cut",
        );
        if (!failed()) break;
        expect(outcome).toBe("cut");
        cuts += 1;
        await watching.watch();
      }
      expect(cuts).toBeGreaterThanOrEqual(5);
      const told = (await watching.changes()).map(({ changes }) => changes);
      expect(told.toReversed()).toEqual(
        Array.from({ length: cuts + 1 }, (_, n) => [
          { field: "effectif", before: n === 0 ? 34 : 100 + n, after: 101 + n },
        ]),
      );
      expect(await watching.deliveries()).toHaveLength(cuts + 1);
    },
  );

  test("when the queue takes no message leaves the delivery to the schedule", async () => {
    const watching = await mintWatching();
    await createHook(watching.world, HOOK);
    const { facts } = await watching.watched();
    await store(watching.world, { ...facts, effectif: 40 });
    const queue = { send: async () => Promise.reject(new Error("full")) };
    await watching.watch({ queue });
    await watching.watch();
    expect(await watching.changes()).toHaveLength(1);
    const { deliveries } = watching.services.webhooks.delivery;
    const [delivery] = await watching.world.database.query(
      "select d.id from webhook_deliveries d join webhook_events e on e.id = d.event_id where e.organisation_id = $1",
      [watching.world.organisationId],
    );
    const later = new Date(Date.now() + 1_000).toISOString();
    expect(await deliveries.overdue(later, 10_000)).toContain(delivery?.["id"]);
  });
});

async function insertChange(watching: WatchedWorld, siren: string, at: number): Promise<string> {
  const id = newId("chg", at, randomBytes);
  await watching.world.database.query(
    `insert into company_changes (id, organisation_id, mode, siren, at, changes, score_before, score_after)
     values ($1, $2, 'live', $3, $4, '{"kind": "changed", "fields": []}', 40, 45)`,
    [id, watching.world.organisationId, siren, new Date(at).toISOString()],
  );
  return id;
}

describe("the list of changes", () => {
  test("comes newest first, in pages, by company, by list and from a moment on", async () => {
    const watching = await mintWatching();
    const { world } = watching;
    const [one, two] = [world.siren("one"), world.siren("two")];
    const start = Date.parse("2026-11-20T09:00:00Z");
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1)
      ids.unshift(await insertChange(watching, n % 2 === 0 ? one : two, start + n * 60_000));
    const list = await makeList(world, [two], { watched: false });
    const read = async (query: string) => (await watching.changes(query)).map(({ change_id }) => change_id);
    expect(await read("")).toEqual(ids);
    const first = await world.request("/api/v2/changes?limit=2");
    const page: { next_cursor: string; has_more: boolean } = await first.json();
    expect(page).toMatchObject({ next_cursor: ids[1], has_more: true });
    expect(await read(`?limit=200&cursor=${page.next_cursor}`)).toEqual(ids.slice(2));
    expect(await read(`?siren=${one}`)).toEqual([ids[0], ids[2], ids[4]]);
    expect(await read(`?list_id=${list}`)).toEqual([ids[1], ids[3]]);
    expect(await read("?since=2026-11-20T09:02:00Z")).toEqual(ids.slice(0, 3));
    expect(await read("?since=2026-11-20T10:02:00%2B01:00")).toEqual(ids.slice(0, 3));
    expect(await read("?since=2026-11-20")).toEqual(ids);
    expect(await read("?since=2026-11-21")).toEqual([]);
    expect(first.headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    ["siren=123", "siren"],
    ["since=yesterday", "since"],
    ["since=2026-02-30", "since"],
    ["cursor=tsk_1", "cursor"],
    ["limit=0", "limit"],
    ["limit=201", "limit"],
    ["liste=lst_1", "liste"],
  ])("refuses %s, naming the field", async (query, field) => {
    const { world } = await mintWatching();
    const response = await world.request(`/api/v2/changes?${query}`);
    expect(response.status).toBe(400);
    const problem: { errors: { pointer?: string; field?: string }[] } = await response.json();
    expect(JSON.stringify(problem.errors)).toContain(field);
  });

  test("knows no list that is none, and asks for the scope", async () => {
    const { world } = await mintWatching();
    expect((await world.request("/api/v2/changes?list_id=lst_none")).status).toBe(404);
    expect((await world.request("/api/v2/changes?list_id=%00")).status).toBe(404);
  });

  test("goes back twelve months, and no further", async () => {
    const watching = await mintWatching();
    const now = Date.now();
    await insertChange(watching, watching.world.siren(), now - 366 * DAY);
    const kept = await insertChange(watching, watching.world.siren(), now - 364 * DAY);
    await purgeChanges({ pipeline: watching.services.pipeline, now: () => now });
    expect((await watching.changes()).map(({ change_id }) => change_id)).toEqual([kept]);
  });
});
