import type { CompanyFacts } from "../companies/company.ts";
import type { RuleModel } from "./rule-model.ts";
import type { Contribution } from "./score.ts";
import type { SectorReference } from "./sector-reference.ts";
import type { Wording } from "./wording.ts";

/** Where a fact comes from, by field path; null when nobody recorded it. */
export type FactSources = (path: string) => { source: string; as_of: string | null } | null;

/** All that a block may look at. */
export interface Subject {
  facts: CompanyFacts;
  sector: SectorReference | null;
  /** Epoch milliseconds. */
  at: number;
  model: RuleModel;
  sources: FactSources;
}

/** One judged question of a block. */
export interface Item {
  points: number;
  /** The most it could have earned; 0 when the input is unknown. */
  known: number;
  /** 0..1: how far the input can be relied on (age of the data, missing reference). */
  trust: number;
  wording: Wording;
}

export interface Assessment {
  code: Contribution["code"];
  title: Wording;
  items: Item[];
  value: string | number | null;
  source: string | null;
  as_of: string | null;
}

export function judged(input: { max: number; fraction: number; trust: number; wording: Wording }): Item {
  const fraction = Math.min(1, Math.max(0, input.fraction));
  return { points: input.max * fraction, known: input.max, trust: input.trust, wording: input.wording };
}

export function unknown(wording: Wording): Item {
  return { points: 0, known: 0, trust: 0, wording };
}

export function isKnown(item: Item): boolean {
  return item.known > 0;
}

/** Full trust up to a limit of age; an unknown age counts as old, so hiding a date never helps. */
export function trustOfAge(years: number | null, limit: number, oldWeight: number): number {
  return years !== null && years <= limit ? 1 : oldWeight;
}
