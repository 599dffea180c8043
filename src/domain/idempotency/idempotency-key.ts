const PRINTABLE = /^[\x20-\x7e]{1,255}$/;
/** A String of RFC 9651: only the quote and the backslash are escaped. */
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;

/**
 * The key that a header names, quoted as the draft has it or bare: either way 1 to 255 printable ASCII characters, and
 * `"a"` is the same key as `a`. null: neither.
 */
export function parseIdempotencyKey(header: string): string | null {
  const text = header.trim();
  const quoted = QUOTED.exec(text)?.[1];
  if (quoted === undefined && text.startsWith('"')) return null;
  const key = quoted === undefined ? text : quoted.replace(/\\(["\\])/g, "$1");
  return PRINTABLE.test(key) ? key : null;
}
