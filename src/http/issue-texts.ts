import type { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import { ACCOUNT_FAULTS } from "./fault-texts/accounts.ts";
import { API_KEY_FAULTS } from "./fault-texts/api-keys.ts";
import { AUDIT_FAULTS } from "./fault-texts/audit.ts";
import { JSON_FAULTS } from "./fault-texts/json.ts";
import { ORGANISATION_FAULTS } from "./fault-texts/organisation.ts";
import { TWO_FACTOR_FAULTS } from "./fault-texts/two-factor.ts";
import { USAGE_FAULTS } from "./fault-texts/usage.ts";
import type { Language } from "./problem-catalog.ts";

export interface IssueText {
  message: string;
  fix: string;
}

type Words = Record<Language, IssueText>;

/** Faults that our own schemas name in `params.fault`. */
const FAULTS: Record<string, Words> = {
  ...ACCOUNT_FAULTS,
  ...API_KEY_FAULTS,
  ...AUDIT_FAULTS,
  ...JSON_FAULTS,
  ...ORGANISATION_FAULTS,
  ...TWO_FACTOR_FAULTS,
  ...USAGE_FAULTS,
  "siren.characters": {
    fr: {
      message: "Un SIREN ne contient que des chiffres.",
      fix: 'Envoyez 9 chiffres, par exemple "552032534".',
    },
    en: { message: "A SIREN holds digits only.", fix: 'Send 9 digits, for example "552032534".' },
  },
  "siren.length": {
    fr: {
      message: "Un SIREN a exactement 9 chiffres.",
      fix: 'Vérifiez les chiffres ; un tableur supprime les zéros de tête ("005520135").',
    },
    en: {
      message: "A SIREN has exactly 9 digits.",
      fix: 'Check the digits; spreadsheets drop leading zeros ("005520135").',
    },
  },
  "siren.is_siret": {
    fr: {
      message: "C'est un SIRET (14 chiffres), pas un SIREN.",
      fix: "Envoyez-le dans « siret », ou gardez ses 9 premiers chiffres.",
    },
    en: {
      message: "This is a SIRET (14 digits), not a SIREN.",
      fix: "Send it as `siret`, or keep its first 9 digits.",
    },
  },
  "siren.zero": {
    fr: { message: "000000000 n'est le SIREN de personne.", fix: "Envoyez le SIREN d'une entreprise." },
    en: { message: "000000000 is nobody's SIREN.", fix: "Send the SIREN of a company." },
  },
  "siren.checksum": {
    fr: {
      message: "La clé de contrôle (Luhn) de ce SIREN est fausse.",
      fix: "Un chiffre est sans doute mal recopié : comparez à l'original.",
    },
    en: {
      message: "The check digit (Luhn) of this SIREN is wrong.",
      fix: "A digit was probably mistyped: compare with the original.",
    },
  },
  "siret.characters": {
    fr: {
      message: "Un SIRET ne contient que des chiffres.",
      fix: 'Envoyez 14 chiffres, par exemple "55203253400646".',
    },
    en: { message: "A SIRET holds digits only.", fix: 'Send 14 digits, for example "55203253400646".' },
  },
  "siret.length": {
    fr: {
      message: "Un SIRET a exactement 14 chiffres.",
      fix: "Envoyez les 14 chiffres, ou le SIREN (9 chiffres) dans « siren ».",
    },
    en: {
      message: "A SIRET has exactly 14 digits.",
      fix: "Send all 14 digits, or the SIREN (9 digits) as `siren`.",
    },
  },
  "siret.zero": {
    fr: {
      message: "Ce SIRET commence par 000000000, qui n'est à personne.",
      fix: "Envoyez le SIRET d'un établissement.",
    },
    en: {
      message: "This SIRET begins with 000000000, which is nobody's.",
      fix: "Send the SIRET of an establishment.",
    },
  },
  "siret.checksum": {
    fr: {
      message: "Les 9 premiers chiffres de ce SIRET ne forment pas un SIREN valide.",
      fix: "Comparez les chiffres à l'original.",
    },
    en: {
      message: "The first 9 digits of this SIRET are not a valid SIREN.",
      fix: "Compare the digits with the original.",
    },
  },
  "company.one_identifier": {
    fr: {
      message: "Il faut « siren » ou « siret », et un seul des deux.",
      fix: 'Envoyez {"siren": "552032534"}.',
    },
    en: { message: "Give `siren` or `siret`, and only one of them.", fix: 'Send {"siren": "552032534"}.' },
  },
  "linkedin.unused": {
    fr: {
      message: "« linkedin » ne sert qu'à Kaspr.",
      fix: 'Ajoutez "kaspr" à « sources », ou retirez « linkedin ».',
    },
    en: {
      message: "`linkedin` is used by Kaspr only.",
      fix: 'Add "kaspr" to `sources`, or leave `linkedin` out.',
    },
  },
  "text.unreadable": {
    fr: {
      message: "Ce texte contient des caractères de contrôle ou mal formés.",
      fix: "Envoyez du texte ordinaire en UTF-8.",
    },
    en: { message: "This text holds control or malformed characters.", fix: "Send plain UTF-8 text." },
  },
  "linkedin.profile": {
    fr: {
      message: "Ce n'est pas un profil LinkedIn.",
      fix: "Envoyez l'adresse « https://www.linkedin.com/in/… » ou son dernier segment.",
    },
    en: {
      message: "This is not a LinkedIn profile.",
      fix: "Send the address `https://www.linkedin.com/in/…` or its last segment.",
    },
  },
};

const TYPE_NAMES: Record<string, Record<Language, string>> = {
  string: { fr: "un texte entre guillemets", en: "a string in quotes" },
  number: { fr: "un nombre", en: "a number" },
  int: { fr: "un nombre entier", en: "a whole number" },
  boolean: { fr: "true ou false", en: "true or false" },
  array: { fr: "une liste [ … ]", en: "an array [ … ]" },
  object: { fr: "un objet { … }", en: "an object { … }" },
};

function typeText(expected: string, language: Language): IssueText {
  const name = TYPE_NAMES[expected]?.[language] ?? expected;
  return language === "fr"
    ? {
        message: `Il manque une valeur, ou elle n'est pas du bon type : il faut ${name}.`,
        fix: `Envoyez ${name}.`,
      }
    : { message: `Missing or of the wrong type: ${name} is expected.`, fix: `Send ${name}.` };
}

const NOTHING_EXPECTED: Words = {
  fr: { message: "Cette route ne prend aucun paramètre.", fix: "Retirez-le." },
  en: { message: "This route takes no parameter.", fix: "Leave it out." },
};

/** "Did you mean" where a slip is likely, the whole list otherwise. */
export function choiceText(given: string | null, known: readonly string[], language: Language): IssueText {
  if (known.length === 0) return NOTHING_EXPECTED[language];
  const near = given === null ? null : nearest(given, known);
  const list = known.join(", ");
  const quoted = given === null ? null : given.slice(0, 60);
  if (language === "fr") {
    const fix =
      near === null
        ? `Valeurs possibles : ${list}.`
        : `Vouliez-vous dire « ${near} » ? Valeurs possibles : ${list}.`;
    return { message: quoted === null ? "Nom inconnu." : `Nom inconnu : « ${quoted} ».`, fix };
  }
  const fix =
    near === null ? `Possible values: ${list}.` : `Did you mean \`${near}\`? Possible values: ${list}.`;
  return { message: quoted === null ? "Unknown name." : `Unknown name: \`${quoted}\`.`, fix };
}

function boundText(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, language: Language): IssueText {
  const high = issue.code === "too_big";
  const bound = String(high ? issue.maximum : issue.minimum);
  if (language === "fr") {
    return {
      message: high ? `Trop grand : ${bound} au plus.` : `Trop petit : ${bound} au moins.`,
      fix: `Restez ${high ? "sous" : "au-dessus de"} cette borne (${bound} compris).`,
    };
  }
  return {
    message: high ? `Too big: at most ${bound}.` : `Too small: at least ${bound}.`,
    fix: `Stay ${high ? "below" : "above"} this bound (${bound} included).`,
  };
}

function faultOf(issue: z.core.$ZodIssue): string | null {
  const fault: unknown = issue.code === "custom" ? issue.params?.["fault"] : null;
  return typeof fault === "string" ? fault : null;
}

function namesOf(issue: z.core.$ZodIssue, member: string): string[] {
  const names: unknown = issue.code === "custom" ? issue.params?.[member] : null;
  return Array.isArray(names) ? names.map(String) : [];
}

/** One fault, in words a person can act on. */
export function issueText(issue: z.core.$ZodIssue, language: Language): IssueText {
  const fault = faultOf(issue);
  if (fault === "unknown_name") {
    return choiceText(namesOf(issue, "given")[0] ?? null, namesOf(issue, "known"), language);
  }
  const words = fault === null ? undefined : FAULTS[fault];
  if (words !== undefined) return words[language];
  switch (issue.code) {
    case "invalid_type":
      return typeText(issue.expected, language);
    case "too_big":
    case "too_small":
      return boundText(issue, language);
    case "invalid_value":
      return choiceText(null, issue.values.map(String), language);
    default:
      return language === "fr"
        ? { message: "Valeur non acceptée.", fix: "Voyez le format attendu dans /docs." }
        : { message: "Value not accepted.", fix: "See the expected format in /docs." };
  }
}
