import { errorKind } from "../lib/error-kind.ts";
import type { Services } from "../services.ts";
import { query } from "../storage/postgres/database.ts";

export const DEPENDENCIES = ["database", "kv", "r2", "queues", "durable_objects"] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

/** How long anything may take to show that it is there. */
export const CHECK_LIMIT_MS = 3_000;

export interface DependencyCheck {
  name: Dependency;
  ok: boolean;
  duration_ms: number;
}

type Ask = (services: Services) => Promise<unknown>;

/** The least that shows that each one answers; nothing is written, and what is looked for need not exist. */
const ASK: Record<Dependency, Ask> = {
  database: async ({ database }) => query(database, "select 1", []),
  kv: async ({ kv }) => kv.get("readiness"),
  r2: async ({ runtime }) => runtime.bucket.head("readiness"),
  queues: async ({ operations }) => operations.queues.reach("enrichment"),
  durable_objects: async ({ gates }) => gates.inspect("recherche_entreprises"),
};

/** Rejects when `work` does, or has not ended within the time. */
export async function within<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  const waiting = new AbortController();
  const late = scheduler.wait(limitMs, { signal: waiting.signal }).then(() => {
    throw new Error("too slow");
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    waiting.abort();
  }
}

async function check(services: Services, name: Dependency): Promise<DependencyCheck> {
  const started = services.now();
  const ok = await within(CHECK_LIMIT_MS, ASK[name](services)).then(
    () => true,
    (error: unknown) => {
      services.log.event("dependency_failing", { name, error: errorKind(error) });
      return false;
    },
  );
  return { name, ok, duration_ms: services.now() - started };
}

/** Asks all of them at once; takes 3 s at most and never throws. */
export async function checkDependencies(services: Services): Promise<DependencyCheck[]> {
  return Promise.all(DEPENDENCIES.map(async (name) => check(services, name)));
}
