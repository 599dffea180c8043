const MARKS = /[\u0300-\u036F]/g;
const OTHERS = /[^a-z0-9]+/g;

/** Lower case, accents and punctuation gone, one space between words: as `fold_text` of the database. */
export function foldText(text: string): string {
  const plain = text.toLowerCase().normalize("NFKD").replace(MARKS, "");
  return plain.replaceAll("œ", "oe").replaceAll("æ", "ae").replace(OTHERS, " ").trim();
}
