/** Holds case-folded passwords. */
export interface PasswordList {
  has(folded: string): boolean;
}

export const MIN_CHARACTERS = 12;
export const MAX_BYTES = 4_096;
/** Shorter names are parts of too many words to be told from chance. */
const MIN_NAME = 4;
/** "abababababab" repeats a unit that is no secret, common or not. */
const MIN_UNIT = 4;

export type PasswordFault =
  | "password.too_short"
  | "password.too_long"
  | "password.malformed"
  | "password.common"
  | "password.repeated"
  | "password.name";

/** Too short, too long or not text; null when its shape is fine. Every character counts, none is demanded. */
export function passwordShapeFault(password: string): PasswordFault | null {
  if (!password.isWellFormed()) return "password.malformed";
  const text = password.normalize("NFC");
  if (new TextEncoder().encode(text).length > MAX_BYTES) return "password.too_long";
  return Array.from(text).length < MIN_CHARACTERS ? "password.too_short" : null;
}

/** The smallest part that the text repeats, wholly or cut at the end; the text itself when there is none. */
function unitOf(text: string): string {
  const half = Math.floor(text.length / 2);
  for (let length = 1; length <= half; length++) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

const TRIMMING = /[\p{N}\p{P}\p{S}\s]/u;

/** What is left between the digits, signs and spaces at both ends. */
function withoutTrimmings(text: string): string {
  const characters = Array.from(text);
  const first = characters.findIndex((character) => !TRIMMING.test(character));
  const last = characters.findLastIndex((character) => !TRIMMING.test(character));
  return first === -1 ? "" : characters.slice(first, last + 1).join("");
}

/** "Durand & Associés" is in "durand-associes": letters and digits, no case, no accents. */
function bare(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

/**
 * Why a new password is refused, or null. `names`: what an attacker tries first, such as the e-mail address and the
 * organisation; the part of an address before the @ counts too.
 */
export function passwordFault(list: PasswordList, password: string, names: string[]): PasswordFault | null {
  const shape = passwordShapeFault(password);
  if (shape !== null) return shape;
  const folded = password.normalize("NFKC").toLowerCase();
  const unit = unitOf(folded);
  if (unit.length < MIN_UNIT) return "password.repeated";
  const bases = [
    folded,
    withoutTrimmings(folded),
    unit,
    withoutTrimmings(unit),
    unitOf(withoutTrimmings(folded)),
  ];
  if (bases.some((base) => base.length >= MIN_UNIT && list.has(base))) return "password.common";
  const own = names.flatMap((name) => [name, name.split("@")[0] ?? ""]).map(bare);
  const text = bare(password);
  return own.some((name) => name.length >= MIN_NAME && text.includes(name)) ? "password.name" : null;
}
