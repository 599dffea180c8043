import type { Language } from "../problem-kind.ts";

/** Faults of the key routes; see `FAULTS` in `issue-texts.ts`. */
export const API_KEY_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "keys.id": {
    fr: { message: "Ce n'est pas un identifiant de clé.", fix: "Reprenez « id » dans GET /api/v2/api-keys." },
    en: { message: "This is no key id.", fix: "Take `id` from GET /api/v2/api-keys." },
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
