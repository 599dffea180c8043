import type { Language } from "../problem-kind.ts";

/** Faults of the operations routes and of inbound channels; see `FAULTS` in `issue-texts.ts`. */
export const OPERATION_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "hooks.not_object": {
    fr: { message: "Ce n'est pas une notification.", fix: "Envoyez un objet { … }." },
    en: { message: "This is no notification.", fix: "Send an object { … }." },
  },
  "hooks.type": {
    fr: {
      message: "Le type de l'événement manque ou n'est pas un nom.",
      fix: "Envoyez par exemple « company.changed » : lettres, chiffres, points, tirets, 100 caractères au plus.",
    },
    en: {
      message: "The event's type is missing or is no name.",
      fix: "Send, for example, `company.changed`: letters, digits, dots and dashes, 100 characters at most.",
    },
  },
  "hooks.no_siren": {
    fr: {
      message: "Aucun SIREN valide dans cette notification.",
      fix: "Envoyez au moins un SIREN, en texte : neuf chiffres dont la clé est juste.",
    },
    en: {
      message: "There is no valid SIREN in this notification.",
      fix: "Send at least one SIREN, as text: nine digits with a right check digit.",
    },
  },
  "hooks.too_many_sirens": {
    fr: { message: "Plus de 1 000 entreprises dans une notification.", fix: "Envoyez-en plusieurs." },
    en: { message: "More than 1,000 companies in one notification.", fix: "Send several of them." },
  },
  "dead_letters.cursor": {
    fr: { message: "Ce n'est pas un curseur de cette liste.", fix: "Reprenez « next_cursor » tel quel." },
    en: { message: "This is no cursor of this list.", fix: "Send `next_cursor` as it was given." },
  },
  "profile.week": {
    fr: { message: "Ce n'est pas un lundi.", fix: "Envoyez la date d'un lundi, par exemple 2026-11-16." },
    en: { message: "This is no Monday.", fix: "Send the date of a Monday, for example 2026-11-16." },
  },
};
