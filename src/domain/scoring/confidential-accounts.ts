import type { CompanyFacts, Evenement, Exercice } from "../companies/company.ts";
import { lastDay } from "./accounts.ts";
import { monthsSince } from "./elapsed.ts";

/** A notice published sooner after a closing date is about those accounts: they are no earlier filing. */
const SAME_ACCOUNTS_MONTHS = 12;

function isWithheld({ type }: Evenement): boolean {
  return type === "comptes_confidentiels";
}

/** One notice that tells two things makes two events of one date and one reference. */
function isSameNotice(a: Evenement, b: Evenement): boolean {
  return a.date === b.date || (a.reference !== null && a.reference === b.reference);
}

function publicNotices({ evenements }: CompanyFacts): string[] {
  const withheld = evenements.filter(isWithheld);
  return evenements
    .filter(({ type }) => type === "depot_comptes")
    .filter((filing) => !withheld.some((notice) => isSameNotice(notice, filing)))
    .map(({ date }) => date);
}

function closing({ annee, cloture }: Exercice): string {
  return cloture ?? lastDay(annee);
}

function publicAccounts({ details_financiers }: CompanyFacts, notice: Evenement): string[] {
  return details_financiers
    .filter(({ confidentialite }) => confidentialite === "publique")
    .map(closing)
    .filter((date) => (monthsSince(date, Date.parse(notice.date)) ?? 0) > SAME_ACCOUNTS_MONTHS);
}

function latestBefore(dates: string[], notice: Evenement): string | null {
  return (
    dates
      .filter((date) => date < notice.date)
      .toSorted()
      .at(-1) ?? null
  );
}

/** Whether a confidential filing follows a public one; null when no earlier filing is known. */
export function isChangeToConfidential(facts: CompanyFacts, notice: Evenement): boolean | null {
  const shown = latestBefore([...publicNotices(facts), ...publicAccounts(facts, notice)], notice);
  const withheld = latestBefore(
    facts.evenements.filter(isWithheld).map(({ date }) => date),
    notice,
  );
  if (shown === null) return withheld === null ? null : false;
  return withheld === null || withheld < shown;
}
