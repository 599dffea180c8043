import type { Language } from "../problem-kind.ts";

type Words = Record<Language, { message: string; fix: string }>;

function emptyRange(name: string): Words {
  return {
    fr: {
      message: `« ${name}_min » dépasse « ${name}_max » : aucune entreprise ne peut convenir.`,
      fix: "Échangez-les, ou retirez l'un des deux.",
    },
    en: {
      message: `\`${name}_min\` is above \`${name}_max\`: no company can match.`,
      fix: "Swap them, or leave one of them out.",
    },
  };
}

/** Faults of searches and of the filters of exports; see `FAULTS` in `issue-texts.ts`. */
export const SEARCH_FAULTS: Record<string, Words> = {
  "search.repeated": {
    fr: {
      message: "Ce paramètre figure plusieurs fois.",
      fix: "Gardez-en un seul ; plusieurs valeurs se séparent par des virgules.",
    },
    en: {
      message: "This parameter is there more than once.",
      fix: "Keep one of them; several values are separated by commas.",
    },
  },
  "search.number": {
    fr: {
      message: "Ce n'est pas un nombre entier.",
      fix: "Envoyez des chiffres seulement, par exemple 1500000 : ni espace, ni virgule, ni exposant.",
    },
    en: {
      message: "This is no whole number.",
      fix: "Send digits only, for example 1500000: no space, no point, no exponent.",
    },
  },
  "search.ville": {
    fr: {
      message: "Ce n'est pas un nom de ville.",
      fix: "Envoyez 1 à 100 caractères, avec au moins une lettre, par exemple « lyon ».",
    },
    en: {
      message: "This is no name of a city.",
      fix: "Send 1 to 100 characters with at least one letter, for example `lyon`.",
    },
  },
  "search.code_postal": {
    fr: {
      message: "Un code postal a cinq chiffres.",
      fix: "Envoyez par exemple « 01000 », zéro de tête compris.",
    },
    en: {
      message: "A postal code has five digits.",
      fix: "Send for example `01000`, leading zero included.",
    },
  },
  "search.departement": {
    fr: {
      message: "Aucun département n'a ce code.",
      fix: "Envoyez le code INSEE, par exemple « 69 », « 2A » ou « 974 ».",
    },
    en: {
      message: "No department has this code.",
      fix: "Send the INSEE code, for example `69`, `2A` or `974`.",
    },
  },
  "search.region": {
    fr: {
      message: "Il manque une région.",
      fix: "Envoyez le code INSEE ou le nom, par exemple « 84 » ou « Bretagne ».",
    },
    en: {
      message: "A region is missing.",
      fix: "Send the INSEE code or the name, for example `84` or `Bretagne`.",
    },
  },
  "search.code_naf": {
    fr: {
      message: "Ce n'est pas un code NAF de cette nomenclature.",
      fix: "Envoyez un code (« 25.62B »), une classe (« 25.62 »), un groupe (« 25.6 »), une division (« 25 ») ou une section (« C »).",
    },
    en: {
      message: "This is no NAF code of this nomenclature.",
      fix: "Send a code (`25.62B`), a class (`25.62`), a group (`25.6`), a division (`25`) or a section (`C`).",
    },
  },
  "search.forme_juridique": {
    fr: {
      message: "Ce n'est pas une catégorie juridique de l'INSEE.",
      fix: "Envoyez 1, 2 ou 4 chiffres : « 5710 » pour les SAS, « 54 » pour toutes les SARL.",
    },
    en: {
      message: "This is no legal category of INSEE.",
      fix: "Send 1, 2 or 4 digits: `5710` for an SAS, `54` for every kind of SARL.",
    },
  },
  "search.moment": {
    fr: {
      message: "Ce n'est ni un jour ni un instant, entre 1900 et 2999.",
      fix: "Envoyez « 2026-11-01 » ou « 2026-11-01T09:00:00Z » (dans une adresse, « + » s'écrit %2B).",
    },
    en: {
      message: "This is neither a day nor a moment between 1900 and 2999.",
      fix: "Send `2026-11-01` or `2026-11-01T09:00:00Z` (in an address `+` is written %2B).",
    },
  },
  "search.q": {
    fr: {
      message: "Il n'y a rien à chercher là.",
      fix: "Envoyez 1 à 100 caractères, avec au moins une lettre latine ou un chiffre.",
    },
    en: {
      message: "There is nothing to search for here.",
      fix: "Send 1 to 100 characters with at least one Latin letter or digit.",
    },
  },
  "search.cursor": {
    fr: {
      message: "Ce n'est pas un curseur de cette recherche.",
      fix: "Reprenez « next_cursor » tel quel, avec les mêmes filtres et le même tri, ou repartez du début.",
    },
    en: {
      message: "This is no cursor of this search.",
      fix: "Send `next_cursor` as it was given, with the same filters and sort, or start again.",
    },
  },
  "search.score_range": emptyRange("score"),
  "search.ca_range": emptyRange("ca"),
  "search.effectif_range": emptyRange("effectif"),
  "search.age_range": emptyRange("age"),
  "search.departement_region": {
    fr: {
      message: "Aucun département de « departement » n'est dans une région de « region ».",
      fix: "Retirez « region » : le département la dit déjà.",
    },
    en: {
      message: "No department of `departement` is in a region of `region`.",
      fix: "Leave `region` out: the department says it.",
    },
  },
  "search.code_naf_version": {
    fr: {
      message: "Une section de « code_naf » n'existe que dans la nomenclature NAF 2025.",
      fix: "Ajoutez naf_version=2025, ou envoyez une section de la NAF rév. 2 (A à U).",
    },
    en: {
      message: "A section of `code_naf` exists in the nomenclature NAF 2025 only.",
      fix: "Add naf_version=2025, or send a section of NAF rev. 2 (A to U).",
    },
  },
  "search.expand_limit": {
    fr: {
      message: "Avec « expand », une page a au plus 50 entreprises (200 avec « contacts » seul).",
      fix: "Envoyez limit=50 ou moins, ou retirez « expand ».",
    },
    en: {
      message: "With `expand` a page has 50 companies at most (200 with `contacts` alone).",
      fix: "Send limit=50 or less, or leave `expand` out.",
    },
  },
  "search.naf_version": {
    fr: {
      message: "Un code entier de « code_naf » est de l'autre nomenclature que « naf_version ».",
      fix: "Retirez « naf_version » : un code entier dit lui-même de quelle nomenclature il est.",
    },
    en: {
      message: "A whole code of `code_naf` is of the other nomenclature than `naf_version`.",
      fix: "Leave `naf_version` out: a whole code says itself which nomenclature it is of.",
    },
  },
  "search.naf_version_alone": {
    fr: {
      message: "« naf_version » ne choisit rien sans « code_naf ».",
      fix: "Ajoutez « code_naf », ou retirez « naf_version ».",
    },
    en: {
      message: "`naf_version` chooses nothing without `code_naf`.",
      fix: "Add `code_naf`, or leave `naf_version` out.",
    },
  },
};
