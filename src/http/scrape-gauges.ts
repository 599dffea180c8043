import { errorKind } from "../lib/error-kind.ts";
import { MetricBuffer, type MetricDeltas } from "../observability/metric-buffer.ts";
import type { Services } from "../services.ts";
import { type Activity, readActivity } from "../storage/postgres/vitals-reader.ts";
import {
  collectDependencies,
  collectProviders,
  collectQueues,
  collectSlos,
  collectUpkeep,
  collectWork,
  type Gauges,
  setActivity,
  setBuild,
} from "./gauge-collectors.ts";
import { CHECK_LIMIT_MS, within } from "./health-checks.ts";

type Collect = (services: Services, gauges: Gauges) => Promise<void>;

/** A collector that takes longer is left out. */
const COLLECTOR_LIMIT_MS = 2_000;
/** Those have limits of their own, and say which of them were reached. */
const DEPENDENCIES_LIMIT_MS = CHECK_LIMIT_MS + 500;
/** Several that scrape at once cost no more than one. */
const FRESH_MS = 5_000;
/** It reads all sessions and keys. */
const ACTIVITY_MS = 300_000;

/** What was looked up a moment ago. */
class Remembered<Value> {
  #kept: { value: Value; at: number } | null = null;
  readonly #forMs: number;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  async get(now: number, look: () => Promise<Value>): Promise<Value> {
    if (this.#kept !== null && now - this.#kept.at < this.#forMs) return this.#kept.value;
    const value = await look();
    this.#kept = { value, at: now };
    return value;
  }
}

/** What is dear to look up: not asked again within that time, whether or not it answered. */
class Rarely<Value> {
  #asked: { value: Value | null; at: number } | null = null;
  readonly #everyMs: number;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** null: it was asked, and has not answered. Throws what `look` throws. */
  async get(now: number, look: () => Promise<Value>): Promise<Value | null> {
    if (this.#asked !== null && now - this.#asked.at < this.#everyMs) return this.#asked.value;
    const asked: { value: Value | null; at: number } = { value: null, at: now };
    this.#asked = asked;
    asked.value = await look();
    return asked.value;
  }
}

/** Gauges that nobody counts: they are looked up when somebody asks. What fails is left out, and its part says so. */
export class ScrapeGauges {
  readonly #services: Services;
  readonly #page = new Remembered<MetricDeltas["gauges"]>(FRESH_MS);
  readonly #activity = new Rarely<Activity>(ACTIVITY_MS);

  constructor(services: Services) {
    this.#services = services;
  }

  async read(): Promise<MetricDeltas["gauges"]> {
    return this.#page.get(this.#services.now(), async () => this.#collectAll());
  }

  async #collectAll(): Promise<MetricDeltas["gauges"]> {
    const parts = await Promise.all([
      this.#collect("database_work", collectWork),
      this.#collect("database_upkeep", collectUpkeep),
      this.#collect("database_activity", async (services, gauges) => this.#collectActivity(services, gauges)),
      this.#collect("queues", collectQueues),
      this.#collect("providers", collectProviders),
      this.#collect("dependencies", collectDependencies, DEPENDENCIES_LIMIT_MS),
      this.#collect("slo", collectSlos),
    ]);
    const build = new MetricBuffer();
    setBuild(this.#services, build);
    return [...parts.flat(), ...build.drain().gauges];
  }

  async #collectActivity({ database, now }: Services, gauges: Gauges): Promise<void> {
    const activity = await this.#activity.get(now(), async () => readActivity(database, now()));
    if (activity === null) throw new Error("it did not answer some minutes ago");
    setActivity(gauges, activity);
  }

  /** What one collector has to say, and whether that is all. */
  async #collect(
    collector: string,
    collect: Collect,
    limitMs = COLLECTOR_LIMIT_MS,
  ): Promise<MetricDeltas["gauges"]> {
    const gauges = new MetricBuffer();
    try {
      await within(limitMs, collect(this.#services, gauges));
      gauges.set("metrics_collector_up", { collector }, 1);
    } catch (error) {
      this.#services.log.event("metrics_not_collected", { collector, error: errorKind(error) });
      gauges.set("metrics_collector_up", { collector }, 0);
    }
    return gauges.drain().gauges;
  }
}
