import type { Language } from "../problem-kind.ts";

/** Faults of the key routes; see `FAULTS` in `issue-texts.ts`. */
export const API_KEY_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "keys.cursor": {
    fr: { message: "Ce n'est pas un curseur de cette liste.", fix: "Reprenez « next_cursor » tel quel." },
    en: { message: "This is no cursor of this list.", fix: "Send `next_cursor` as it was given." },
  },
  "keys.fixed": {
    fr: {
      message: "Les droits, le mode et l'échéance d'une clé ne changent jamais : seul « name » change.",
      fix: "Retirez ce champ ; pour d'autres droits, créez une clé par POST /api/v2/api-keys et révoquez celle-ci.",
    },
    en: {
      message: "The scopes, mode and expiry of a key never change: only `name` does.",
      fix: "Leave this field out; for other scopes create a key with POST /api/v2/api-keys and revoke this one.",
    },
  },
  "keys.scope_not_yours": {
    fr: {
      message: "Vous n'avez pas vous-même ce droit : vous ne pouvez pas le donner.",
      fix: "Retirez-le, ou demandez la clé à un administrateur.",
    },
    en: {
      message: "You don't have this scope yourself: you can't give it.",
      fix: "Leave it out, or ask an administrator for the key.",
    },
  },
  "keys.expiry_format": {
    fr: {
      message: "Ce n'est pas un instant RFC 3339.",
      fix: 'Envoyez par exemple "2027-06-30T22:00:00Z", avec le fuseau.',
    },
    en: {
      message: "This is no RFC 3339 instant.",
      fix: 'Send for example "2027-06-30T22:00:00Z", with the time zone.',
    },
  },
  "keys.expiry_past": {
    fr: { message: "Cette date est déjà passée.", fix: "Donnez une date à venir, ou aucune." },
    en: { message: "This instant is past.", fix: "Give one to come, or none." },
  },
  "keys.expiry_too_far": {
    fr: { message: "Une clé vit cinq ans au plus.", fix: "Donnez une date plus proche, ou aucune." },
    en: { message: "A key lives five years at most.", fix: "Give an earlier instant, or none." },
  },
};
