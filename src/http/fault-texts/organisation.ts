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
  "organisation.identifier": {
    fr: {
      message: "Ce n'est pas un identifiant de cette liste.",
      fix: "Reprenez celui que donne la liste, sans le changer.",
    },
    en: {
      message: "This is no identifier of this list.",
      fix: "Take the one that the list gives, unchanged.",
    },
  },
  "invitation.name": {
    fr: {
      message: "Cette adresse n'a pas encore de compte : il lui faut un nom.",
      fix: "Envoyez « name », le nom de la personne.",
    },
    en: {
      message: "This address has no account yet: a name is needed.",
      fix: "Send `name`, the name of the person.",
    },
  },
};
