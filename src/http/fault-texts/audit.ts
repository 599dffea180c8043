import type { Language } from "../problem-kind.ts";

/** Faults of the audit routes; see `FAULTS` in `issue-texts.ts`. */
export const AUDIT_FAULTS: Record<string, Record<Language, { message: string; fix: string }>> = {
  "audit.beyond": {
    fr: {
      message: "Le journal ne va pas jusqu'à ce numéro.",
      fix: "Envoyez un « from » d'au plus « head.seq », ou retirez-le.",
    },
    en: {
      message: "The log does not go as far as this number.",
      fix: "Send a `from` of at most `head.seq`, or leave it out.",
    },
  },
  "audit.cursor": {
    fr: {
      message: "Ce n'est pas un curseur de cette liste avec ces filtres.",
      fix: "Reprenez « next_cursor » tel quel, avec les mêmes filtres, ou repartez du début.",
    },
    en: {
      message: "This is no cursor of this list with these filters.",
      fix: "Send `next_cursor` as it was given, with the same filters, or start again.",
    },
  },
  "audit.format": {
    fr: {
      message: "Le format ne se demande pas dans l'adresse.",
      fix: "Envoyez l'en-tête « Accept: text/csv » pour du CSV ; sans lui, c'est du NDJSON.",
    },
    en: {
      message: "The format is not asked for in the address.",
      fix: "Send the header `Accept: text/csv` for CSV; without it NDJSON comes.",
    },
  },
  "audit.identifier": {
    fr: {
      message: "Ce n'est pas un identifiant.",
      fix: "Envoyez 1 à 100 lettres, chiffres ou « . _ : - », par exemple « key_… ».",
    },
    en: {
      message: "This is no identifier.",
      fix: "Send 1 to 100 letters, digits or `. _ : -`, for example `key_…`.",
    },
  },
  "audit.instant": {
    fr: {
      message: "Ce n'est pas un instant.",
      fix: "Envoyez date, heure et fuseau (RFC 3339), par exemple « 2026-11-20T09:00:00Z ».",
    },
    en: {
      message: "This is no instant.",
      fix: "Send date, time and zone (RFC 3339), for example `2026-11-20T09:00:00Z`.",
    },
  },
  "audit.number": {
    fr: { message: "Ce n'est pas un nombre entier positif.", fix: "Envoyez des chiffres, à partir de 1." },
    en: { message: "This is no positive whole number.", fix: "Send digits, from 1 on." },
  },
  "audit.span": {
    fr: { message: "La fin précède le début.", fix: "Envoyez « from » avant « to »." },
    en: { message: "The end is before the beginning.", fix: "Send `from` before `to`." },
  },
};
