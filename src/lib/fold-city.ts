import { foldText } from "./fold-text.ts";

const ARRONDISSEMENT = /\b(\d{1,2})(?:er|e|eme)(?: arrondissement)?\b/g;

/** Folded, `st` and `ste` written out, `8e arrondissement` as its number: as `fold_city` of the database. */
export function foldCity(text: string): string {
  const words = foldText(text)
    .replace(/\bst\b/g, "saint")
    .replace(/\bste\b/g, "sainte");
  return words.replace(ARRONDISSEMENT, "$1");
}
