/** Bytes of a file, from `offset`. */
export interface ByteRange {
  offset: number;
  length: number;
}

const ONE = /^bytes=(\d*)-(\d*)$/i;

/**
 * The one range that a `Range` header asks for of a file of `size` bytes (RFC 9110, 14). "whole": none, several, or
 * nothing that is a range of bytes; "unsatisfiable": it begins behind the end.
 */
export function parseRange(header: string | null, size: number): ByteRange | "whole" | "unsatisfiable" {
  const [, first = "", last = ""] = ONE.exec(header?.trim() ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < offset) return "whole";
  return offset >= size ? "unsatisfiable" : { offset, length: end - offset + 1 };
}
