import type { Evenement } from "../companies/company.ts";
import { confidenceOf, type Origin, witnessesOf } from "./merge-field.ts";
import type { SourceName } from "./source.ts";
import type { SourceState } from "./source-state.ts";

const ORDER: SourceName[] = ["bodacc", "pappers", "recherche_entreprises", "insee"];
/** Of one company; older ones are left out. */
export const MAX_EVENTS = 200;

export interface MergedEvent {
  evenement: Evenement;
  origin: Origin;
}

/** Each notice once, latest first: the same type on the same day from a second source is the same notice. */
export function mergeEvents(states: SourceState[]): MergedEvent[] {
  const merged: MergedEvent[] = [];
  const seen = new Map<string, SourceName>();
  for (const { source, record } of witnessesOf(states, ORDER)) {
    for (const evenement of record.evenements ?? []) {
      const key = `${evenement.type} ${evenement.date}`;
      const owner = seen.get(key) ?? source;
      if (owner !== source) continue;
      seen.set(key, source);
      const origin = { source, as_of: evenement.date, confidence: confidenceOf(source, 0, 0) };
      merged.push({ evenement, origin });
    }
  }
  return merged
    .sort((a, b) => (a.evenement.date < b.evenement.date ? 1 : a.evenement.date > b.evenement.date ? -1 : 0))
    .slice(0, MAX_EVENTS);
}
