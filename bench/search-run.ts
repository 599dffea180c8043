import type { Client } from "pg";
import type { Statement } from "../src/storage/postgres/database.ts";
import { type PreparedCase, prepareCases } from "./search-cases.ts";
import { SEARCH_QUERIES, type SearchQuery } from "./search-queries.ts";
import { tellProgress } from "./tell-progress.ts";

/** Different values of one query; each is run as often as the others. */
const CASES = 50;

export interface SearchTimes {
  query: SearchQuery;
  /** ms, as the client sees them: over loopback, rows read. */
  first: number[];
  /** Those among them whose case has a deep page. */
  firstOfDeep: number[];
  /** Empty: no case has a second page. */
  deep: number[];
  estimate: number[];
  /** Least and greatest number of the deep pages. */
  deepPages: { least: number; most: number };
}

/** Every query, one after the other: `runs` of its first page and as many of its deep one. */
export async function runSearches(client: Client, runs: number, signal: AbortSignal): Promise<SearchTimes[]> {
  const times: SearchTimes[] = [];
  for (const query of SEARCH_QUERIES) {
    tellProgress(`${query.name}: looking for page 1,000`);
    const cases = await prepareCases(client, query, Math.min(runs, CASES));
    tellProgress(`${query.name}: measuring`);
    times.push(await measure(client, query, { cases, rounds: Math.ceil(runs / cases.length), signal }));
  }
  return times;
}

interface Measured {
  cases: PreparedCase[];
  rounds: number;
  signal: AbortSignal;
}

/** Rounds over all cases: between two runs of one, all others have been at the caches. The first does not count. */
async function measure(client: Client, query: SearchQuery, measured: Measured): Promise<SearchTimes> {
  const { cases, rounds, signal } = measured;
  const deepPages = cases.map(({ deepPage }) => deepPage);
  const times: SearchTimes = {
    query,
    first: [],
    firstOfDeep: [],
    deep: [],
    estimate: [],
    deepPages: { least: Math.min(...deepPages), most: Math.max(...deepPages) },
  };
  for (let round = 0; round <= rounds; round++) {
    for (const { first, deep, estimate } of cases) {
      signal.throwIfAborted();
      const firstMs = await timed(client, first);
      const deepMs = deep === null ? null : await timed(client, deep);
      const estimateMs = await timed(client, estimate);
      if (round === 0) continue;
      times.first.push(firstMs);
      times.estimate.push(estimateMs);
      if (deepMs === null) continue;
      times.firstOfDeep.push(firstMs);
      times.deep.push(deepMs);
    }
  }
  return times;
}

/** Parameters go apart from the text, under no name: planned each time with their values, as over Neon's HTTP. */
async function timed(client: Client, { text, params }: Statement): Promise<number> {
  const startedAt = performance.now();
  await client.query(text, params);
  return performance.now() - startedAt;
}
