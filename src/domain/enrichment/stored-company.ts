import type { Score } from "../scoring/score.ts";
import type { SectorReference } from "../scoring/sector-reference.ts";
import type { SourceState } from "./source-state.ts";

/** Bumped when the shape changes: a copy of another version in a cache counts as a miss. */
export const STORED_COMPANY_VERSION = 1;

/**
 * All we hold of a company that every organisation may see. The public company is derived from it:
 * merge of the states, score of the merge.
 */
export interface StoredCompany {
  v: typeof STORED_COMPANY_VERSION;
  siren: string;
  states: SourceState[];
  sector: SectorReference | null;
  /** null: no source knows the company. */
  score: Score | null;
}

export function isStoredCompany(value: unknown): value is StoredCompany {
  return (
    typeof value === "object" &&
    value !== null &&
    "v" in value &&
    value.v === STORED_COMPANY_VERSION &&
    "siren" in value &&
    typeof value.siren === "string" &&
    "states" in value &&
    Array.isArray(value.states)
  );
}

/** Reads a copy from a cache; anything else than a copy of this version is null. */
export function parseStoredCompany(text: string): StoredCompany | null {
  try {
    const value: unknown = JSON.parse(text);
    return isStoredCompany(value) ? value : null;
  } catch {
    return null;
  }
}

/** A company that at least one source knows; it then has a score. */
export interface KnownCompany extends StoredCompany {
  score: Score;
}

export function isKnown(stored: StoredCompany | null): stored is KnownCompany {
  return stored !== null && stored.score !== null && stored.states.some((state) => state.record !== null);
}

/** When the company was last asked about at any source. */
export function lastScrapedAt(stored: StoredCompany): string {
  return stored.states.reduce((last, { retrieved_at }) => (retrieved_at > last ? retrieved_at : last), "");
}

/** Whether two copies were made by the same refresh. */
export function isSameCopy(a: StoredCompany | null, b: StoredCompany): boolean {
  return a !== null && lastScrapedAt(a) === lastScrapedAt(b) && a.score?.computed_at === b.score?.computed_at;
}

/** Whether `a` knows less than `b`: made earlier, or from older answers. */
export function isOlderCopy(a: StoredCompany, b: StoredCompany): boolean {
  const [asked, than] = [lastScrapedAt(a), lastScrapedAt(b)];
  return asked === than ? (a.score?.computed_at ?? "") < (b.score?.computed_at ?? "") : asked < than;
}
