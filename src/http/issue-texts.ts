import type { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import { ACCOUNT_FAULTS } from "./fault-texts/accounts.ts";
import { API_KEY_FAULTS } from "./fault-texts/api-keys.ts";
import { AUDIT_FAULTS } from "./fault-texts/audit.ts";
import { COMPANY_FAULTS } from "./fault-texts/companies.ts";
import { EXPORT_FAULTS } from "./fault-texts/exports.ts";
import { PIPELINE_FAULTS } from "./fault-texts/pipeline.ts";
import { SEARCH_FAULTS } from "./fault-texts/search.ts";
import { IDEMPOTENCY_FAULTS } from "./fault-texts/idempotency.ts";
import { JOB_FAULTS } from "./fault-texts/jobs.ts";
import { JSON_FAULTS } from "./fault-texts/json.ts";
import { OPERATION_FAULTS } from "./fault-texts/operations.ts";
import { ORGANISATION_FAULTS } from "./fault-texts/organisation.ts";
import { TASK_FAULTS } from "./fault-texts/tasks.ts";
import { TWO_FACTOR_FAULTS } from "./fault-texts/two-factor.ts";
import { USAGE_FAULTS } from "./fault-texts/usage.ts";
import { WEBHOOK_FAULTS } from "./fault-texts/webhooks.ts";
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
  ...COMPANY_FAULTS,
  ...EXPORT_FAULTS,
  ...PIPELINE_FAULTS,
  ...SEARCH_FAULTS,
  ...IDEMPOTENCY_FAULTS,
  ...JOB_FAULTS,
  ...JSON_FAULTS,
  ...OPERATION_FAULTS,
  ...ORGANISATION_FAULTS,
  ...TASK_FAULTS,
  ...TWO_FACTOR_FAULTS,
  ...USAGE_FAULTS,
  ...WEBHOOK_FAULTS,
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

interface Choice {
  /** null: not known, or not fit to be repeated. */
  given: string | null;
  known: readonly string[];
  kind: "member" | "value";
}

const CHOICE_WORDS = {
  fr: {
    member: { unknown: "Champ inconnu", possible: "Champs possibles" },
    value: { unknown: "Valeur inconnue", possible: "Valeurs possibles" },
  },
  en: {
    member: { unknown: "Unknown field", possible: "Possible fields" },
    value: { unknown: "Unknown value", possible: "Possible values" },
  },
} as const;

function quote(text: string, language: Language): string {
  return language === "fr" ? `« ${text} »` : `\`${text}\``;
}

/** "Did you mean" where a slip is likely, and the whole list. */
function choiceText({ given, known, kind }: Choice, language: Language): IssueText {
  if (known.length === 0) return NOTHING_EXPECTED[language];
  const { unknown, possible } = CHOICE_WORDS[language][kind];
  const near = given === null ? null : nearest(given, known);
  const separator = language === "fr" ? " : " : ": ";
  // A comma between commas is not seen.
  const shown = known.some((one) => /^\W+$/.test(one)) ? known.map((one) => quote(one, language)) : known;
  const list = `${possible}${separator}${shown.join(", ")}.`;
  const asked = language === "fr" ? "Vouliez-vous dire" : "Did you mean";
  const mark = language === "fr" ? " ?" : "?";
  return {
    message: given === null ? `${unknown}.` : `${unknown}${separator}${quote(given.slice(0, 60), language)}.`,
    fix: near === null ? list : `${asked} ${quote(near, language)}${mark} ${list}`,
  };
}

const UNITS = {
  fr: {
    items: { one: "un élément", many: "éléments" },
    characters: { one: "un caractère", many: "caractères" },
  },
  en: {
    items: { one: "one entry", many: "entries" },
    characters: { one: "one character", many: "characters" },
  },
} as const;

type Bound = z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall;

/** "3 caractères": what is counted goes with the number. */
function amountOf({ origin }: Bound, bound: string, language: Language): string | null {
  if (origin !== "array" && origin !== "string") return null;
  const { one, many } = UNITS[language][origin === "array" ? "items" : "characters"];
  return bound === "1" ? one : `${bound} ${many}`;
}

function boundText(issue: Bound, language: Language): IssueText {
  const high = issue.code === "too_big";
  const bound = String(high ? issue.maximum : issue.minimum);
  const amount = amountOf(issue, bound, language);
  if (language === "fr") {
    if (amount !== null) {
      const limit = high ? `au plus ${amount}` : `au moins ${amount}`;
      return {
        message: `${high ? "Trop long" : "Trop court"} : il faut ${limit}.`,
        fix: `Envoyez ${limit}.`,
      };
    }
    return {
      message: high ? `Trop grand : ${bound} au plus.` : `Trop petit : ${bound} au moins.`,
      fix: `Envoyez un nombre ${high ? "inférieur" : "supérieur"} ou égal à ${bound}.`,
    };
  }
  if (amount !== null) {
    const limit = `${high ? "at most" : "at least"} ${amount}`;
    return { message: `Too ${high ? "long" : "short"}: ${limit}.`, fix: `Send ${limit}.` };
  }
  return {
    message: high ? `Too big: at most ${bound}.` : `Too small: at least ${bound}.`,
    fix: `Send a number ${high ? "no greater" : "no less"} than ${bound}.`,
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
  if (fault === "unknown_name" || fault === "unknown_member") {
    const kind = fault === "unknown_name" ? "value" : "member";
    const [given = null] = namesOf(issue, "given");
    return choiceText({ given, known: namesOf(issue, "known"), kind }, language);
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
      return choiceText({ given: null, known: issue.values.map(String), kind: "value" }, language);
    default:
      return language === "fr"
        ? { message: "Valeur non acceptée.", fix: "Voyez le format attendu dans /docs." }
        : { message: "Value not accepted.", fix: "See the expected format in /docs." };
  }
}
