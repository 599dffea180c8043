import type { Language } from "../problem-kind.ts";

/** Faults of the organisation routes; see `FAULTS` in `issue-texts.ts`. */
export const ORGANISATION_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "organisation.nothing_to_change": {
    fr: {
      message: "Rien à changer.",
      fix: "Envoyez au moins « name », « mfa_required » ou « monthly_budget_euros ».",
    },
    en: {
      message: "Nothing to change.",
      fix: "Send at least `name`, `mfa_required` or `monthly_budget_euros`.",
    },
  },
  "organisation.budget_cents": {
    fr: {
      message: "Un montant a deux décimales au plus.",
      fix: "Arrondissez au centime, par exemple 250.50.",
    },
    en: { message: "An amount has two decimals at most.", fix: "Round to the cent, for example 250.50." },
  },
  "organisation.cursor": {
    fr: { message: "Ce n'est pas un curseur de cette liste.", fix: "Reprenez « next_cursor » tel quel." },
    en: { message: "This is no cursor of this list.", fix: "Send `next_cursor` as it was given." },
  },
};
