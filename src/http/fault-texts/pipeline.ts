import type { Language } from "../problem-kind.ts";

/** Faults of the routes of statuses, notes and lists; see `FAULTS` in `issue-texts.ts`. */
export const PIPELINE_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "pipeline.cursor": {
    fr: {
      message: "Ce n'est pas un curseur de cette liste.",
      fix: "Reprenez « next_cursor » tel quel, ou repartez du début.",
    },
    en: {
      message: "This is no cursor of this list.",
      fix: "Send `next_cursor` as it was given, or start again.",
    },
  },
  "changes.since": {
    fr: {
      message: "Ce n'est ni un instant ni une date.",
      fix: "Envoyez « 2026-11-20T09:00:00Z » ou « 2026-11-20 ».",
    },
    en: {
      message: "This is neither an instant nor a date.",
      fix: "Send `2026-11-20T09:00:00Z` or `2026-11-20`.",
    },
  },
  "notes.unreadable": {
    fr: {
      message: "Ce texte contient des caractères de contrôle ou mal formés.",
      fix: "Envoyez du texte en UTF-8 ; retours à la ligne et tabulations sont permis.",
    },
    en: {
      message: "This text holds control or malformed characters.",
      fix: "Send UTF-8 text; line breaks and tabs are fine.",
    },
  },
  "lists.nothing_to_change": {
    fr: { message: "Rien à changer.", fix: "Envoyez « name », « description » ou « watched »." },
    en: { message: "Nothing to change.", fix: "Send `name`, `description` or `watched`." },
  },
  "lists.companies_apart": {
    fr: {
      message: "Une liste se crée vide.",
      fix: "Retirez ce champ, puis ajoutez les entreprises : POST /api/v2/lists/{id}/companies.",
    },
    en: {
      message: "A list is created empty.",
      fix: "Leave this field out, then add the companies: POST /api/v2/lists/{id}/companies.",
    },
  },
  "lists.is_siret": {
    fr: {
      message: "C'est un SIRET (14 chiffres), pas un SIREN.",
      fix: "Une liste contient des entreprises : gardez les 9 premiers chiffres.",
    },
    en: {
      message: "This is a SIRET (14 digits), not a SIREN.",
      fix: "A list holds companies: keep the first 9 digits.",
    },
  },
};
