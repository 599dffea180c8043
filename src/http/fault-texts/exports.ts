import type { Language } from "../problem-kind.ts";

/** Faults of the export routes; see `FAULTS` in `issue-texts.ts`. */
export const EXPORT_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "exports.cursor": {
    fr: { message: "Ce n'est pas un curseur de cette liste.", fix: "Reprenez « next_cursor » tel quel." },
    en: { message: "This is no cursor of this list.", fix: "Send `next_cursor` as it was given." },
  },
  "exports.one_selection": {
    fr: {
      message: "Il faut dire quelles entreprises exporter, d'une seule façon.",
      fix: "Envoyez « filter », « task_id » ou « list_id », et un seul des trois ; « filter » : {} exporte tout.",
    },
    en: {
      message: "Say which companies to export, in one way.",
      fix: "Send `filter`, `task_id` or `list_id`, and only one of them; `filter`: {} exports all.",
    },
  },
  "exports.csv_only": {
    fr: { message: "Cette option ne vaut que pour le format csv.", fix: "Retirez-la, ou demandez « csv »." },
    en: { message: "This option is of the format csv only.", fix: "Leave it out, or ask for `csv`." },
  },
  "exports.airtable_only": {
    fr: {
      message: "Cette option ne vaut que pour le format airtable.",
      fix: "Retirez-la, ou demandez « airtable ».",
    },
    en: {
      message: "This option is of the format airtable only.",
      fix: "Leave it out, or ask for `airtable`.",
    },
  },
  "exports.airtable_missing": {
    fr: {
      message: "Ce format demande la table à remplir.",
      fix: "Envoyez « airtable » : { « base_id », « table », « token » }.",
    },
    en: {
      message: "This format needs the table to fill.",
      fix: "Send `airtable`: {`base_id`, `table`, `token`}.",
    },
  },
  "exports.airtable_base": {
    fr: {
      message: "Ce n'est pas l'identifiant d'une base Airtable.",
      fix: "Il est dans l'adresse de la base : « app » et 14 lettres ou chiffres.",
    },
    en: {
      message: "This is no id of an Airtable base.",
      fix: "It is in the address of the base: `app` and 14 letters or digits.",
    },
  },
  "exports.airtable_table": {
    fr: { message: "Ce n'est pas une table Airtable.", fix: "Envoyez son nom ou son identifiant (tbl…)." },
    en: { message: "This is no Airtable table.", fix: "Send its name or its id (tbl…)." },
  },
  "exports.airtable_token": {
    fr: {
      message: "Ce n'est pas un jeton Airtable.",
      fix: "Créez un jeton personnel avec le droit data.records:write, et envoyez-le sans espace.",
    },
    en: {
      message: "This is no Airtable token.",
      fix: "Create a personal access token with data.records:write, and send it without blanks.",
    },
  },
  "exports.column_twice": {
    fr: { message: "Cette colonne est déjà nommée.", fix: "Ne la nommez qu'une fois." },
    en: { message: "This column is named already.", fix: "Name it once." },
  },
  "exports.sync_in_body": {
    fr: { message: "Ce n'est pas un champ du corps.", fix: "Ajoutez « ?sync=true » à l'adresse." },
    en: { message: "This is no member of the body.", fix: "Add `?sync=true` to the address." },
  },
  "exports.limit": {
    fr: {
      message: "Un export comprend toutes les entreprises choisies.",
      fix: "Retirez ce champ ; pour en prendre moins, resserrez « filter ».",
    },
    en: {
      message: "An export has all the companies chosen.",
      fix: "Leave this out; to take fewer, narrow `filter`.",
    },
  },
  "exports.sync_airtable": {
    fr: {
      message: "Remplir une table Airtable prend du temps : ce n'est jamais immédiat.",
      fix: "Retirez « sync=true ».",
    },
    en: {
      message: "Filling an Airtable table takes time: it is never at once.",
      fix: "Leave `sync=true` out.",
    },
  },
  "exports.sync_fresh": {
    fr: {
      message: "Une réponse immédiate est toujours neuve.",
      fix: "Retirez « fresh », ou « sync=true ».",
    },
    en: { message: "An answer at once is always fresh.", fix: "Leave `fresh` out, or `sync=true`." },
  },
  "exports.sync_key": {
    fr: {
      message: "Une réponse immédiate ne crée rien : elle n'est pas gardée pour être répétée.",
      fix: "Retirez « Idempotency-Key », ou « sync=true ».",
    },
    en: {
      message: "An answer at once creates nothing: it is not kept to be repeated.",
      fix: "Leave `Idempotency-Key` out, or `sync=true`.",
    },
  },
};
