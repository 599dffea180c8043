import { describe, expect, test } from "vitest";
import { systemAct } from "../../../src/cron/system-act.ts";
import type { SourceState } from "../../../src/domain/enrichment/source-state.ts";
import type { Plan } from "../../../src/domain/accounts/principal.ts";
import { REFRESH_CAP } from "../../../src/domain/pipeline/refresh-cap.ts";
import { refreshWatched, type RefreshDeps } from "../../../src/domain/pipeline/refresh-watched.ts";
import type { Watcher, WatchStore } from "../../../src/domain/pipeline/watch-ports.ts";
import { buildState } from "../../support/enrichment-world.ts";
import { mintWorld, type World } from "../../support/world.ts";
import { EngineWorld, resultOf } from "../jobs/engine-world.ts";
import { makeList, store, WatchedWorld } from "./watched-world.ts";

const HOUR = 3_600_000;
/** Nights that no other test has. */
const NIGHT = Date.parse("2088-03-09T02:17:00Z");
const SOURCES = ["recherche_entreprises", "bodacc"] as const;

function statesAt(siren: string, at: number): SourceState[] {
  const moment = new Date(at).toISOString();
  const times = { retrieved_at: moment, fresh_until: moment };
  const record = { siren, as_of: null, identite: { nom_entreprise: "ATELIERS DURAND" } };
  return SOURCES.map((source) => buildState(source, { record, ...times }));
}

function bound(watch: WatchStore): RefreshDeps["watch"] {
  return {
    watchers: watch.watchers.bind(watch),
    beginTurn: watch.beginTurn.bind(watch),
    stale: watch.stale.bind(watch),
    markTried: watch.markTried.bind(watch),
  };
}

/** An organisation that watches companies, and an engine whose sources find every company and keep it. */
class Night extends WatchedWorld {
  readonly engine: EngineWorld;

  constructor(world: World, at = NIGHT) {
    super(world);
    this.engine = new EngineWorld(world);
    this.engine.clock = at;
    this.engine.flight = async ({ siren, sources }) => {
      await this.keep(siren, this.engine.clock);
      return resultOf(siren, sources, { known: true });
    };
  }

  async keep(siren: string, at: number): Promise<void> {
    await store(this.world, this.facts({ siren }), { at, states: statesAt(siren, at) });
  }

  async watchThese(sirens: string[]): Promise<void> {
    await makeList(this.world, sirens);
    await this.watch();
  }

  /** Of this organisation only; others have watched lists, too. */
  async watchers(): Promise<Watcher[]> {
    const all = await this.services.pipeline.watch.watchers();
    return all.filter(({ organisationId }) => organisationId === this.world.organisationId);
  }

  async setPlan(plan: Plan): Promise<void> {
    await this.world.database.query("update organisations set plan = $2 where id = $1", [
      this.world.organisationId,
      plan,
    ]);
  }

  /** What the last refresh asked about. */
  async asked(): Promise<string[]> {
    const before = this.engine.asked.length;
    await this.refresh();
    await this.engine.drain();
    return this.engine.asked.slice(before);
  }

  /** The nightly job, of this organisation only. */
  async refresh(change: Partial<RefreshDeps> = {}): Promise<void> {
    const { watch } = this.services.pipeline;
    await refreshWatched({
      watch: { ...bound(watch), watchers: async () => this.watchers() },
      tasks: this.services.jobs.reader,
      accept: { ...this.services.jobs, queues: this.engine.deps.queue, log: this.services.log },
      sources: [...SOURCES],
      estimate: this.services.jobs.engine.estimate,
      poke: this.services.audit.poke,
      act: systemAct(this.engine.clock),
      now: () => this.engine.clock,
      ...change,
    });
  }

  /** Of this night. */
  async tasks() {
    return this.world.database.query(
      "select id, type, mode, actor_kind, actor_id, rows from tasks where organisation_id = $1 and created_at >= $2",
      [this.world.organisationId, new Date(NIGHT - HOUR).toISOString()],
    );
  }
}

async function mintNight(): Promise<Night> {
  return new Night(await mintWorld());
}

describe("every night", () => {
  test("watched companies that nobody asked about for 20 hours, and unknown ones, become one task, the oldest first", async () => {
    const night = await mintNight();
    const [old, older, fresh, unknown] = ["old", "older", "fresh", "unknown"].map(night.world.siren);
    const all = [old, older, fresh, unknown].map((siren) => siren ?? "");
    await night.keep(all[0] ?? "", NIGHT - 21 * HOUR);
    await night.keep(all[1] ?? "", NIGHT - 30 * HOUR);
    await night.keep(all[2] ?? "", NIGHT - 19 * HOUR);
    await night.watchThese(all);
    await night.refresh();
    await night.refresh();
    const [task, ...others] = await night.tasks();
    expect(others).toEqual([]);
    expect(task).toMatchObject({
      type: "watch",
      mode: "live",
      actor_kind: "system",
      actor_id: null,
      rows: 3,
    });
    await night.engine.drain();
    expect((await night.engine.rows(task?.["id"])).map((row) => [row["siren"], row["outcome"]])).toEqual([
      [unknown, "enriched"],
      [older, "enriched"],
      [old, "enriched"],
    ]);
    const status = await night.world.request(`/api/v2/tasks/${task?.["id"]}/status`);
    expect(await status.json()).toMatchObject({ type: "watch", status: "completed", rows: 3 });
    const listed = await night.world.request("/api/v2/tasks?type=watch");
    const page: { data: { task_id: string; type: string }[] } = await listed.json();
    expect(page.data.filter(({ task_id }) => task_id === task?.["id"])).toMatchObject([{ type: "watch" }]);
    const audit = await night.world.request(`/api/v2/audit-logs?resource_id=${task?.["id"]}`);
    expect(await audit.json()).toMatchObject({
      data: [{ action: "task.created", actor: { kind: "system" } }],
    });
  });

  test("a company that two organisations watch is asked about once", async () => {
    const first = await mintNight();
    const second = await mintNight();
    const siren = first.world.siren();
    await first.watchThese([siren]);
    await second.watchThese([siren]);
    await first.refresh();
    await second.refresh();
    await first.engine.drain();
    await second.engine.drain();
    expect([first.engine.asked, second.engine.asked]).toEqual([[siren], []]);
    const [task] = await second.tasks();
    expect(await second.engine.outcomes(task?.["id"])).toMatchObject({ enriched: 1 });
  });

  test("nothing is made when all is fresh, nor for lists that nobody watches; the next night makes its own", async () => {
    const night = await mintNight();
    const [one = "", two = ""] = ["one", "two"].map(night.world.siren);
    await night.keep(one, NIGHT - HOUR);
    await night.watchThese([one]);
    await makeList(night.world, [two], { watched: false });
    await night.refresh();
    expect(await night.tasks()).toEqual([]);
    night.engine.clock = NIGHT + 24 * HOUR;
    await night.refresh();
    expect(await night.tasks()).toHaveLength(1);
  });

  test("a company that no source knows is asked about every seventh night, and no night for it alone", async () => {
    const night = await mintNight();
    const [unknown = "", known = ""] = ["unknown", "known"].map(night.world.siren);
    await night.keep(known, NIGHT - 30 * HOUR);
    night.engine.flight = async ({ siren, sources }) => {
      if (siren === unknown) return resultOf(siren, sources, { known: false });
      await night.keep(siren, night.engine.clock);
      return resultOf(siren, sources, { known: true });
    };
    await night.watchThese([known, unknown]);
    const asked: string[][] = [];
    for (let count = 0; count < 9; count++) {
      asked.push(await night.asked());
      night.engine.clock += 24 * HOUR;
    }
    const nights = asked.flatMap((sirens, index) => (sirens.includes(unknown) ? [index] : []));
    expect(nights).toEqual([0, 7]);
    expect(asked.every((sirens) => sirens.includes(known))).toBe(true);
  });

  test("what the plan leaves over comes the next night, also after companies that sources fail on", async () => {
    const night = await mintNight();
    await night.setPlan("free");
    const sirens = Array.from({ length: REFRESH_CAP.free + 20 }, (_, index) =>
      night.world.siren(`company ${index}`),
    );
    await night.watchThese(sirens);
    night.engine.flight = async ({ siren, sources }) => resultOf(siren, sources, { known: false });
    const first = await night.asked();
    night.engine.clock += 24 * HOUR;
    const second = await night.asked();
    expect([first.length, second.length]).toEqual([REFRESH_CAP.free, 20]);
    expect(new Set([...first, ...second])).toEqual(new Set(sirens));
  });

  test("a night whose time is up leaves organisations to the next one, which begins with them", async () => {
    const nights = [await mintNight(), await mintNight(), await mintNight()];
    for (const [index, night] of nights.entries()) await night.watchThese([night.world.siren(`${index}`)]);
    const [first] = nights;
    if (first === undefined) throw new Error("no organisation");
    const ids = new Set(nights.map(({ world }) => world.organisationId));
    const { watch } = first.services.pipeline;
    const order: string[][] = [];
    for (let count = 0; count < 3; count++) {
      const watchers = (await watch.watchers()).filter(({ organisationId }) => ids.has(organisationId));
      order.push(watchers.map(({ organisationId }) => organisationId));
      let clock = first.engine.clock;
      // Each organisation takes three minutes of the five that there are.
      const now = () => (clock += 3 * 60_000);
      await first.refresh({
        watch: { ...bound(watch), watchers: async () => watchers },
        now,
      });
      first.engine.clock += 24 * HOUR;
    }
    const [one, two, three] = order[0] ?? [];
    expect(order).toEqual([
      [one, two, three],
      [two, three, one],
      [three, one, two],
    ]);
  });

  test.each(["before", "after"] as const)(
    "a night that is cut %s the task is stored makes it when it runs again, once",
    async (moment) => {
      const night = await mintNight();
      await night.watchThese([night.world.siren("one"), night.world.siren("two")]);
      const { tasks } = night.services.jobs;
      const accept = { ...night.services.jobs, queues: night.engine.deps.queue, log: night.services.log };
      const cut = {
        create: async (...given: Parameters<typeof tasks.create>) => {
          if (moment === "after") await tasks.create(...given);
          throw new Error("cut");
        },
      };
      await expect(night.refresh({ accept: { ...accept, tasks: cut } })).rejects.toThrow(
        "1 organisations not refreshed",
      );
      await night.watchThese([night.world.siren("three")]);
      await night.refresh();
      const rows = moment === "after" ? 2 : 3;
      expect(await night.tasks()).toMatchObject([{ rows }]);
    },
  );
});
