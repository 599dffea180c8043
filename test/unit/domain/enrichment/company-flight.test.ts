import { describe, expect, test } from "vitest";
import { CompanyFlight } from "../../../../src/domain/enrichment/company-flight.ts";
import type { RefreshResult } from "../../../../src/domain/enrichment/ports.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import { isKnown } from "../../../../src/domain/enrichment/stored-company.ts";
import {
  buildRecord,
  buildRequester,
  buildState,
  DAY,
  failedAnswer,
  foundAnswer,
  HOUR,
  iso,
  MemoryCompanyStore,
  MemoryLayer,
  MemoryTrail,
  MINUTE,
  notFoundAnswer,
  NOW,
  SIREN,
} from "../../../support/enrichment-world.ts";
import { board, MemoryJournal, settle } from "./flight-board.ts";

const sourcesOf = ({ stored }: RefreshResult): SourceName[] => stored.states.map(({ source }) => source);

const unasked = (reason: "busy" | "circuit_open" | "timeout") => ({ ...failedAnswer(reason), calls: 0 });

describe("requests at the same time", () => {
  test("share one call per source, and one of them pays", async () => {
    const { refresh, asked, store } = board({ pappers: foundAnswer(buildRecord(), 1) });
    const results = await Promise.all(Array.from({ length: 50 }, () => refresh(["insee", "pappers"])));
    expect(asked).toEqual(["insee", "pappers"]);
    expect(store.loads).toBe(1);
    expect(store.saved).toHaveLength(1);
    expect(results.map(({ asked: mine }) => mine)).toEqual(results.map(() => ["insee", "pappers"]));
    expect(results.flatMap(({ spent }) => spent.pappers ?? [])).toEqual([1]);
    for (const { stored } of results) expect(isKnown(stored)).toBe(true);
  });

  test("for overlapping sources ask each of them once, and each gets all it asked for", async () => {
    const { refresh, asked, hold } = board();
    const release = hold("insee");
    const first = refresh(["insee", "bodacc"]);
    await settle();
    const second = refresh(["insee", "pappers"]);
    await settle();
    release();
    const results = await Promise.all([first, second]);
    expect(asked.toSorted()).toEqual(["bodacc", "insee", "pappers"]);
    expect(sourcesOf(results[0])).toEqual(expect.arrayContaining(["insee", "bodacc"]));
    expect(sourcesOf(results[1])).toEqual(expect.arrayContaining(["insee", "pappers"]));
  });

  test("all hear of a failure that they shared", async () => {
    const { refresh } = board({ insee: failedAnswer("busy", 900) });
    const results = await Promise.all([refresh(["insee"]), refresh(["insee", "bodacc"])]);
    for (const { faults } of results) {
      expect(faults).toEqual([{ source: "insee", reason: "busy", retryAfterMs: 900 }]);
    }
  });

  test("hear nothing of the failure of a source they did not ask for", async () => {
    const { refresh, hold } = board({ insee: failedAnswer("unavailable") });
    const release = hold("bodacc");
    const first = refresh(["insee", "bodacc"]);
    await settle();
    const second = refresh(["bodacc"]);
    release();
    expect((await first).faults).toHaveLength(1);
    expect((await second).faults).toEqual([]);
  });
});

describe("a budget", () => {
  const refused = { pappers: failedAnswer("budget_reached", DAY) };
  const paid = { pappers: foundAnswer(buildRecord(), 1) };

  test("is the payer's alone: who joined a call that it refused makes his own", async () => {
    const { refresh, asked, scene, hold } = board();
    scene.answersFor = (payer) => (payer === "org_poor" ? refused : paid);
    const release = hold("pappers");
    const poor = refresh(["pappers"], { requester: buildRequester("org_poor"), patience: "request" });
    await settle();
    const rich = [
      refresh(["pappers", "insee"], { requester: buildRequester("org_rich"), patience: "request" }),
      refresh(["pappers"]),
    ];
    await settle();
    release();
    expect((await poor).faults).toEqual([{ source: "pappers", reason: "budget_reached", retryAfterMs: DAY }]);
    const results = await Promise.all(rich);
    for (const { faults, stored } of results) {
      expect(faults).toEqual([]);
      expect(stored.states.some(({ source }) => source === "pappers")).toBe(true);
    }
    expect(results.flatMap(({ spent }) => spent.pappers ?? [])).toEqual([1]);
    expect(asked.toSorted()).toEqual(["insee", "pappers", "pappers"]);
  });

  test("that refuses is heard by all of the same organisation who wait, without asking again", async () => {
    const { refresh, asked } = board(refused);
    const results = await Promise.all([refresh(["pappers"]), refresh(["pappers"])]);
    for (const { faults } of results) expect(faults).toMatchObject([{ reason: "budget_reached" }]);
    expect(asked).toEqual(["pappers"]);
  });

  test("that refuses every organisation is heard by each", async () => {
    const { refresh } = board(refused);
    const payers = ["org_a", "org_b", "org_c"];
    const results = await Promise.all(
      payers.map(async (payer) =>
        refresh(["pappers"], { requester: buildRequester(payer), patience: "request" }),
      ),
    );
    for (const { faults } of results) expect(faults).toMatchObject([{ reason: "budget_reached" }]);
  });
});

describe("a source that fails", () => {
  test("does not hide what the others said", async () => {
    const { refresh, store, cache } = board({ insee: failedAnswer("timeout") });
    const result = await refresh(["insee", "bodacc", "pappers"]);
    expect(sourcesOf(result).toSorted()).toEqual(["bodacc", "pappers"]);
    expect(result.faults).toEqual([{ source: "insee", reason: "timeout", retryAfterMs: null }]);
    expect(store.states.has("insee")).toBe(false);
    expect(cache.written).toHaveLength(1);
  });

  test("leaves its older answer as it was, and stores nothing when all fail", async () => {
    const { refresh, store, cache } = board({ insee: failedAnswer("unavailable") });
    const old = buildState("insee", { retrieved_at: iso(NOW - 3 * DAY), fresh_until: iso(NOW - 2 * DAY) });
    store.put(old);
    const result = await refresh(["insee"]);
    expect(result.stored.states).toEqual([old]);
    expect(result).toMatchObject({ asked: ["insee"], origin: "sources" });
    expect([store.saved, cache.written]).toEqual([[], []]);
  });

  test("is told apart from one whose turn did not come: no place at its gate, or its breaker open, and nobody asked", async () => {
    const { refresh } = board({
      insee: unasked("busy"),
      bodacc: unasked("circuit_open"),
      pappers: failedAnswer("circuit_open"),
      ratios_inpi: failedAnswer("busy"),
      recherche_entreprises: unasked("timeout"),
    });
    const { faults } = await refresh(["insee", "bodacc", "pappers", "ratios_inpi", "recherche_entreprises"]);
    expect(faults.filter(({ queued }) => queued === true).map(({ source }) => source)).toEqual([
      "insee",
      "bodacc",
    ]);
  });

  test("is asked again by the next request, not remembered as an answer", async () => {
    const { refresh, asked, scene } = board({ insee: failedAnswer("unavailable") });
    expect(isKnown((await refresh(["insee"])).stored)).toBe(false);
    scene.answers = {};
    expect(isKnown((await refresh(["insee"])).stored)).toBe(true);
    expect(asked).toEqual(["insee", "insee"]);
  });
});

describe("what is fresh", () => {
  test("is not asked again, and is said to come from Postgres, then from memory", async () => {
    const { refresh, store, asked } = board();
    store.put(buildState("insee"));
    expect(await refresh(["insee"])).toMatchObject({ asked: [], origin: "postgres", spent: {} });
    expect(await refresh(["insee"])).toMatchObject({ asked: [], origin: "flight" });
    expect([asked, store.loads]).toEqual([[], 1]);
  });

  test("is asked again by who accepts nothing so old", async () => {
    const { refresh, store, asked, clock } = board();
    store.put(buildState("insee"));
    clock.now += MINUTE;
    await refresh(["insee"], { maxAgeMs: MINUTE });
    expect(asked).toEqual([]);
    await refresh(["insee"], { maxAgeMs: MINUTE - 1 });
    expect(asked).toEqual(["insee"]);
  });

  test("is read from Postgres again after a minute, or at once when told to forget", async () => {
    const { refresh, store, clock, flight } = board();
    store.put(buildState("insee"));
    await refresh(["insee"]);
    clock.now += MINUTE - 1;
    await refresh(["insee"]);
    expect(store.loads).toBe(1);
    clock.now += 1;
    await refresh(["insee"]);
    expect(store.loads).toBe(2);
    flight.forget();
    await refresh(["insee"]);
    expect(store.loads).toBe(3);
  });

  test("was erased elsewhere: the company is asked for anew", async () => {
    const { refresh, store, flight, asked } = board();
    await refresh(["insee"]);
    store.states.clear();
    store.score = null;
    flight.forget();
    await refresh(["insee"]);
    expect(asked).toEqual(["insee", "insee"]);
  });
});

describe("Postgres away", () => {
  test("for reading: nothing is asked, nothing is charged", async () => {
    const { refresh, store, asked } = board();
    store.down.load = true;
    await expect(refresh(["insee"])).rejects.toThrow("postgres is away");
    expect(asked).toEqual([]);
    store.down.load = false;
    expect(isKnown((await refresh(["insee"])).stored)).toBe(true);
  });

  test("for writing: the answer serves and is cached, and is stored with the next one", async () => {
    const { refresh, store, cache, events, overcome } = board();
    store.down.save = true;
    const result = await refresh(["pappers"]);
    expect(isKnown(result.stored)).toBe(true);
    expect(cache.copies.get(SIREN)).toBe(result.stored);
    expect(events.map(({ name }) => name)).toContain("company_not_stored");
    expect(overcome).toMatchObject([{ message: "postgres is away" }]);
    store.down.save = false;
    await refresh(["insee"]);
    expect([...store.states.keys()].toSorted()).toEqual(["insee", "pappers"]);
    expect(store.saved).toHaveLength(1);
  });

  test("for writing: what was paid for survives a reload, and is not bought twice", async () => {
    const { refresh, store, asked, flight } = board();
    store.put(buildState("bodacc"));
    store.down.save = true;
    await refresh(["pappers", "bodacc"]);
    flight.forget();
    const again = await refresh(["pappers", "bodacc"]);
    expect(asked).toEqual(["pappers"]);
    expect(sourcesOf(again).toSorted()).toEqual(["bodacc", "pappers"]);
    store.down.save = false;
    await refresh(["insee"]);
    expect([...store.states.keys()].toSorted()).toEqual(["bodacc", "insee", "pappers"]);
  });

  test("for writing: what was paid for survives the flight itself, and is stored by its successor", async () => {
    const { refresh, store, asked, deps, journal } = board();
    store.down.save = true;
    await refresh(["pappers"]);
    const successor = new CompanyFlight(SIREN, deps);
    store.down.save = false;
    const sources: SourceName[] = ["pappers", "bodacc"];
    const again = await successor.refresh({
      siren: SIREN,
      sources,
      maxAgeMs: null,
      requester: buildRequester("org_a"),
      patience: "request",
    });
    expect(asked).toEqual(["pappers", "bodacc"]);
    expect(sourcesOf(again).toSorted()).toEqual(["bodacc", "pappers"]);
    expect([...store.states.keys()].toSorted()).toEqual(["bodacc", "pappers"]);
    expect(journal.read()).toEqual({ states: [], records: [] });
  });

  test("for writing: the same source answering again replaces what was not stored", async () => {
    const { refresh, store, scene } = board();
    store.down.save = true;
    await refresh(["pappers"]);
    store.down.save = false;
    scene.answers = { pappers: foundAnswer(buildRecord({ as_of: "2026-11-19" })) };
    await refresh(["pappers"], { maxAgeMs: -1 });
    expect(store.saved.at(-1)?.states.map(({ record }) => record?.as_of)).toEqual(["2026-11-19"]);
  });
});

describe("a reload during a refresh", () => {
  test("does not undo what the refresh learned", async () => {
    const { refresh, store, flight, hold, asked } = board();
    store.put(buildState("bodacc"));
    await refresh(["bodacc"]);
    const release = hold("insee");
    const refreshing = refresh(["insee"]);
    await settle();
    flight.forget();
    store.duringLoad = async () => {
      release();
      await refreshing;
    };
    const result = await refresh(["insee", "bodacc"]);
    expect(sourcesOf(result).toSorted()).toEqual(["bodacc", "insee"]);
    expect(asked).toEqual(["insee"]);
  });
});

describe("a company that no source knows", () => {
  test("is remembered as such for an hour, in the cache and not in Postgres", async () => {
    const { refresh, store, cache, asked, clock } = board({ insee: notFoundAnswer() });
    const result = await refresh(["insee"]);
    expect(result.stored).toMatchObject({ score: null, states: [{ source: "insee", record: null }] });
    expect(store.saved).toEqual([]);
    expect(cache.copies.get(SIREN)?.score).toBeNull();
    clock.now += HOUR - 1;
    await refresh(["insee"]);
    expect(asked).toEqual(["insee"]);
    clock.now += 1;
    await refresh(["insee"]);
    expect(asked).toEqual(["insee", "insee"]);
  });

  test("and is found later: the earlier answers are stored with it", async () => {
    const { refresh, store } = board({ insee: notFoundAnswer() });
    await refresh(["insee"]);
    await refresh(["pappers"]);
    expect(store.states.get("insee")?.record).toBeNull();
    expect(store.states.get("pappers")?.record).not.toBeNull();
  });
});

test("a source that no longer knows the company keeps its record as vanished", async () => {
  const { refresh, store } = board({ insee: notFoundAnswer() });
  store.put(buildState("insee", { retrieved_at: iso(NOW - DAY), fresh_until: iso(NOW - 1) }));
  const { stored } = await refresh(["insee"]);
  expect(stored.states).toMatchObject([
    { vanished: true, retrieved_at: iso(NOW - DAY), record: buildRecord() },
  ]);
  expect(isKnown(stored)).toBe(true);
  expect(store.states.get("insee")?.vanished).toBe(true);
});

test("the facts' hash changes with the facts only", async () => {
  const { refresh, store, scene, clock } = board();
  await refresh(["insee"]);
  clock.now += MINUTE;
  await refresh(["insee"], { maxAgeMs: 0 });
  scene.answers = { insee: foundAnswer(buildRecord({ identite: { nom_entreprise: "DURAND ET FILLE" } })) };
  clock.now += MINUTE;
  await refresh(["insee"], { maxAgeMs: 0 });
  const [first, second, third] = store.saved.map(({ factsHash }) => factsHash);
  expect(second).toBe(first);
  expect(third).not.toBe(second);
  expect(store.saved.map(({ states }) => states[0]?.unchanged)).toEqual([0, 0, 0]);
});

test("the score uses the sector of the company's division", async () => {
  const store = new MemoryCompanyStore();
  const divisions: string[] = [];
  const flight = new CompanyFlight(SIREN, {
    journal: new MemoryJournal(),
    trail: new MemoryTrail(),
    newId: (prefix) => prefix,
    store,
    cache: new MemoryLayer("kv"),
    sectors: {
      find: async (division) => {
        divisions.push(division);
        return null;
      },
    },
    ask: async () => foundAnswer(),
    requestBudgetMs: 8_000,
    now: () => NOW,
    sleep: async () => undefined,
    random: () => 0.5,
    log: { event: () => undefined },
    overcame: () => undefined,
  });
  const { stored } = await flight.refresh({
    siren: SIREN,
    sources: ["insee"],
    maxAgeMs: null,
    requester: buildRequester("org_a"),
    patience: "request",
  });
  expect(divisions).toEqual(["25"]);
  expect(stored.score?.computed_at).toBe(iso(NOW));
});

test("each call is logged with its outcome, and the detail of a failure", async () => {
  const { refresh, events } = board({ insee: failedAnswer("malformed"), bodacc: notFoundAnswer() });
  await refresh(["insee", "bodacc", "pappers"]);
  const asked = events.filter(({ name }) => name === "source_asked").map(({ fields }) => fields);
  expect(asked.map(({ source, outcome, detail }) => [source, outcome, detail])).toEqual([
    ["insee", "malformed", "malformed"],
    ["bodacc", "not_found", null],
    ["pappers", "found", null],
  ]);
});
