import type { Runbook } from "../monitoring/runbooks.ts";
import type { Sample } from "./metric-page.ts";
import type { Observation, Seen } from "./observe-service.ts";

export type Level = "ok" | "warn" | "fail";

export interface Finding {
  level: Level;
  /** What was looked at. */
  about: string;
  /** What was found there. */
  figure: string;
}

/** One finding or several, of what a runbook is about. */
export type Check = (seen: Observation) => Finding[];
export type Checks = Readonly<Record<Runbook, Check>>;

/** What could not be seen is told, and is not well. */
export function unseen(about: string, seen: Seen<unknown>): Finding[] {
  return seen.ok ? [] : [{ level: "fail", about, figure: seen.reason }];
}

/** The page, if its counters are on it: it goes without when one shard does not answer. */
export function counted(page: Seen<Sample[]>): Seen<Sample[]> {
  if (!page.ok) return page;
  const read = samplesOf(page.value, "metrics_collector_up").some(
    ({ labels, value }) => labels["collector"] === "shards" && value === 1,
  );
  return read ? page : { ok: false, reason: "not seen: the page has no counters, see metrics-partial" };
}

export function finding(about: string, level: Level, figure: string): Finding {
  return { about, level, figure };
}

type Where = (labels: Sample["labels"]) => boolean;

/** Samples of that name. */
export function samplesOf(samples: readonly Sample[], name: string): Sample[] {
  return samples.filter((sample) => sample.name === name);
}

/** What counters of that name came to while we looked on; one that began again counts as it is. */
export function growthOf({ metrics, later }: Observation, name: string, where: Where = () => true): number {
  if (!metrics.ok || !later.ok) return 0;
  const before = total(metrics.value, name, where);
  const after = total(later.value, name, where);
  return after < before ? after : after - before;
}

export function total(samples: readonly Sample[], name: string, where: Where = () => true): number {
  return samplesOf(samples, name)
    .filter(({ labels }) => where(labels))
    .reduce((sum, { value }) => sum + value, 0);
}
