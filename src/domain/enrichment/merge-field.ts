import { SOURCE_POLICIES } from "./source-policy.ts";
import type { SourceName } from "./source.ts";
import type { SourceState } from "./source-state.ts";
import type { SourceRecord } from "./source-record.ts";

/** Where a merged value comes from. */
export interface Origin {
  source: SourceName;
  as_of: string | null;
  confidence: number;
}

/** Field path → origin, for every path that has a value. */
export type Origins = Map<string, Origin>;

export interface Witness {
  source: SourceName;
  record: SourceRecord;
}

/** The registers first, then who republishes them. */
export const REGISTER_ORDER: SourceName[] = [
  "insee",
  "recherche_entreprises",
  "pappers",
  "ratios_inpi",
  "bodacc",
  "kaspr",
];

export function witnessesOf(states: SourceState[], order: SourceName[] = REGISTER_ORDER): Witness[] {
  return order.flatMap((source) => {
    const record = states.find((state) => state.source === source)?.record ?? null;
    return record === null ? [] : [{ source, record }];
  });
}

/**
 * How sure we are: the source's own weight, half-way to certainty when another source says the same,
 * a fifth less when one says otherwise.
 */
export function confidenceOf(source: SourceName, agreeing: number, disagreeing: number): number {
  let confidence = SOURCE_POLICIES[source].confidence;
  if (agreeing > 0) confidence += (1 - confidence) / 2;
  if (disagreeing > 0) confidence *= 0.8;
  return Math.round(confidence * 100) / 100;
}

export interface Choice<Value> {
  value: Value | null;
  origin: Origin | null;
}

/** The first witness that knows the value wins; the others raise or lower the confidence. */
export function chooseValue<Value>(
  witnesses: Witness[],
  read: (record: SourceRecord) => Value | null | undefined,
): Choice<Value> {
  const statements = witnesses.flatMap(({ source, record }) => {
    const value = read(record);
    return value === null || value === undefined ? [] : [{ source, value, as_of: record.as_of }];
  });
  const [winner, ...others] = statements;
  if (winner === undefined) return { value: null, origin: null };
  const wanted = JSON.stringify(winner.value);
  const agreeing = others.filter((other) => JSON.stringify(other.value) === wanted).length;
  const confidence = confidenceOf(winner.source, agreeing, others.length - agreeing);
  return { value: winner.value, origin: { source: winner.source, as_of: winner.as_of, confidence } };
}
