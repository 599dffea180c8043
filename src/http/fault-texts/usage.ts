import type { Language } from "../problem-kind.ts";

/** Faults of the usage routes; see `FAULTS` in `issue-texts.ts`. */
export const USAGE_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "usage.month_format": {
    fr: { message: "Ce n'est pas un mois.", fix: "Envoyez AAAA-MM, par exemple « 2026-11 »." },
    en: { message: "This is no month.", fix: "Send YYYY-MM, for example `2026-11`." },
  },
  "usage.month_future": {
    fr: { message: "Ce mois n'a pas commencé (UTC).", fix: "Demandez le mois en cours ou un mois passé." },
    en: { message: "This month has not begun (UTC).", fix: "Ask for the current month or a past one." },
  },
  "usage.cursor": {
    fr: { message: "Ce n'est pas un curseur de cette liste.", fix: "Reprenez « next_cursor » tel quel." },
    en: { message: "This is no cursor of this list.", fix: "Send `next_cursor` as it was given." },
  },
};
