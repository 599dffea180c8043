/** Digits without leading and trailing zeros, and the power of ten of the last one. */
function decimal(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}e${power}`;
}

/**
 * `JSON.parse` for text whose every digit counts: a number that a JavaScript number does not hold exactly as
 * written comes back as the text that it was.
 */
export function parseExactJson(text: string): unknown {
  // The third argument is ES2026: TypeScript's library does not know it yet.
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ) => unknown;
  return parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && decimal(source) !== decimal(String(value))
      ? source
      : value,
  );
}
