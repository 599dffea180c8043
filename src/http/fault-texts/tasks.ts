import type { Language } from "../problem-kind.ts";

/** Faults of the routes of tasks; see `FAULTS` in `issue-texts.ts`. */
export const TASK_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "tasks.cursor": {
    fr: {
      message: "Ce n'est pas un curseur de cette liste.",
      fix: "Reprenez « next_cursor » tel quel, ou repartez du début.",
    },
    en: {
      message: "This is no cursor of this list.",
      fix: "Send `next_cursor` as it was given, or start again.",
    },
  },
  "tasks.stream_has_no_pages": {
    fr: {
      message: "Ce format donne toutes les lignes en une fois : il n'a pas de pages.",
      fix: "Retirez le paramètre, ou demandez « Accept: application/json ».",
    },
    en: {
      message: "This format gives every row at once: it has no pages.",
      fix: "Leave the parameter out, or ask for `Accept: application/json`.",
    },
  },
  "tasks.streams_only": {
    fr: {
      message: "Ce paramètre ne concerne que les formats sans pages : NDJSON et CSV.",
      fix: "En JSON, reprenez avec « cursor » ; ou demandez « Accept: application/x-ndjson » ou « text/csv ».",
    },
    en: {
      message: "This parameter is for the formats without pages only: NDJSON and CSV.",
      fix: "In JSON go on with `cursor`; or ask for `Accept: application/x-ndjson` or `text/csv`.",
    },
  },
  "tasks.csv_only": {
    fr: {
      message: "Ce paramètre ne concerne que le CSV.",
      fix: "Retirez-le, ou demandez « Accept: text/csv ».",
    },
    en: { message: "This parameter is for CSV only.", fix: "Leave it out, or ask for `Accept: text/csv`." },
  },
};
