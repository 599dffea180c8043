import type { Evenement } from "../domain/companies/company.ts";
import { plain } from "./dates.ts";

type EventType = Evenement["type"];

const AUDITOR = /commissaires? aux comptes/g;
const AUDITOR_LEAVES = /\b(?:demission|cessation|fin de (?:mandat|mission)|partants?|depart)\b/;
const AUDITOR_ARRIVES = /\b(?:nomination|nommee?s?|nouveaux?|designation|designee?s?)\b/;

/** What a notice of modification may be about, by the words that registrars use. */
const SUBJECTS: readonly (readonly [EventType, RegExp])[] = [
  [
    "changement_dirigeant",
    /\b(?:administration|administrateurs?|dirigeante?s?|gerante?s?|gerance|cogerante?s?|presidente?s?|presidence|directeurs? generaux|directeurs? general|directrice generale)\b/,
  ],
  ["modification_capital", /\bcapital\b/],
  ["transfert_siege", /\bsiege\b/],
  ["fusion_scission", /\b(?:fusions?|scissions?|apport partiel d'actifs?|transmission universelle)\b/],
];

/** Every subject of a notice of modification, `modification` when none is recognised. */
export function modificationKinds(text: string): EventType[] {
  const words = plain(text).replaceAll("’", "'");
  // Out of the way first: an auditor's title alone must not read as an officer's.
  const others = words.replaceAll(AUDITOR, " ");
  const kinds = SUBJECTS.filter(([, pattern]) => pattern.test(others)).map(([type]) => type);
  const leavesOnly = AUDITOR_LEAVES.test(words) && !AUDITOR_ARRIVES.test(words);
  if (others !== words && !leavesOnly) kinds.push("nomination_commissaire_aux_comptes");
  return kinds.length === 0 ? ["modification"] : kinds;
}

/** Accounts filed with a request that they, or the income statement, be withheld from the public. */
export function isConfidentialityDeclaration(text: string): boolean {
  return /declarations? de confidentialite/.test(plain(text));
}

const PRICE = /au prix (?:stipul\S* )?de\s*:?\s*([\d\s.,]+?)\s*(?:eur\b|euros?\b|€)/i;

/** The price a notice of sale states, in euros. */
export function salePrice(text: string): number | null {
  const digits = PRICE.exec(text)?.[1]?.replaceAll(/\s/g, "");
  if (digits === undefined) return null;
  // A separator followed by one or two final digits marks cents, any other groups thousands.
  const [, whole = digits, cents = "0"] = /^(.*)[.,](\d{1,2})$/.exec(digits) ?? [];
  const euros = Number(`${whole.replaceAll(/[.,]/g, "")}.${cents}`);
  return Number.isFinite(euros) && euros > 0 ? euros : null;
}
