export interface JsonBounds {
  /** Lists and objects inside one another. */
  depth: number;
  /** Texts, numbers, true, false and null, and lists and objects, which may count for two. */
  values: number;
  /** Characters of one text or member name, escapes counted as written. */
  text: number;
}

export type JsonFault = "too_deep" | "too_many_values" | "text_too_long";

/** Far above what a whole company takes, and below what costs a visible time to check. */
export const JSON_BOUNDS: JsonBounds = { depth: 32, values: 50_000, text: 100_000 };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}`: they differ in one bit. */
const CASE_BIT = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** The position of the quote that ends the text begun at `start`; the end of the document when none does. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) return at;
    at += code === BACKSLASH ? 2 : 1;
  }
  return json.length;
}

/**
 * Whether a JSON document keeps within bounds, in one pass over its text and without recursion: it is to be asked
 * before anything parses it. Says nothing of whether the document is well formed.
 */
export function jsonFault(json: string, bounds: JsonBounds = JSON_BOUNDS): JsonFault | null {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfText(json, at);
      if (end - at - 1 > bounds.text) return "text_too_long";
      at = end;
    } else if ((code | CASE_BIT) === OPEN) {
      depth += 1;
      values += 1;
      if (depth > bounds.depth) return "too_deep";
    } else if ((code | CASE_BIT) === CLOSE) {
      depth -= 1;
    } else if (code === COMMA) {
      values += 1;
    }
    if (values > bounds.values) return "too_many_values";
  }
  return null;
}
