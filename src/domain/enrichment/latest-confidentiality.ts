import type { Confidentialite } from "../companies/company.ts";
import type { MergedEvent } from "./merge-events.ts";
import type { Origin } from "./merge-field.ts";
import type { MergedExercice } from "./merge-finances.ts";

/** Accounts are filed within seven months of their closing; later than this, a filing is of another year. */
const SAME_YEAR_MS = 420 * 86_400_000;

/**
 * Of the latest accounts filed: what the accounts say themselves, unless the gazette announced a later filing as
 * confidential, whose figures nobody sees.
 */
export function latestConfidentiality(
  accounts: MergedExercice[],
  events: MergedEvent[],
): { value: Confidentialite; origin: Origin } | null {
  const [latest] = accounts;
  const withheld = events.find(({ evenement }) => evenement.type === "comptes_confidentiels");
  const own = latest?.exercice.confidentialite ?? null;
  if (withheld !== undefined) {
    const closed =
      latest === undefined ? 0 : Date.parse(latest.exercice.cloture ?? `${latest.exercice.annee}-12-31`);
    const sameYear = Date.parse(withheld.evenement.date) - closed < SAME_YEAR_MS;
    if (!sameYear || own === null) return { value: "confidentielle", origin: withheld.origin };
  }
  return own === null || latest === undefined ? null : { value: own, origin: latest.origin };
}
