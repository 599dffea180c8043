/** Data codewords of each block at correction level M; those that correct errors come after all of these. */
const BLOCKS: Record<number, number[]> = {
  6: [27, 27, 27, 27],
  7: [31, 31, 31, 31],
  8: [38, 38, 39, 39],
  9: [36, 36, 36, 37, 37],
  10: [43, 43, 43, 43, 44],
};
const ALIGNMENT: Record<number, number[]> = {
  6: [6, 34],
  7: [6, 22, 38],
  8: [6, 24, 42],
  9: [6, 26, 46],
  10: [6, 28, 50],
};

const MASKS: ((row: number, column: number) => number)[] = [
  (row, column) => (row + column) % 2,
  (row) => row % 2,
  (_, column) => column % 3,
  (row, column) => (row + column) % 3,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2,
  (row, column) => ((row * column) % 2) + ((row * column) % 3),
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2,
];

/** Finder, timing, alignment, format and version modules hold no data. */
function holdsData(version: number, row: number, column: number): boolean {
  const size = 17 + 4 * version;
  if (row === 6 || column === 6) return false;
  if (row < 9 && (column < 9 || column >= size - 8)) return false;
  if (row >= size - 8 && column < 9) return false;
  if (version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11))) return false;
  const centres = ALIGNMENT[version] ?? [];
  const near = (at: number): number | undefined => centres.find((centre) => Math.abs(centre - at) <= 2);
  const [y, x] = [near(row), near(column)];
  if (y === undefined || x === undefined) return true;
  const finder = (y === 6 && (x === 6 || x === size - 7)) || (x === 6 && y === size - 7);
  return finder;
}

/** Two columns at a time from the right, up then down, the timing column left out. */
function codewords(modules: boolean[][], version: number, mask: number): number[] {
  const size = modules.length;
  const bits: number[] = [];
  let upward = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let index = 0; index < size; index++) {
      const row = upward ? size - 1 - index : index;
      for (const column of [right, right - 1]) {
        if (!holdsData(version, row, column)) continue;
        bits.push(Number(modules[row]?.[column]) ^ Number(MASKS[mask]?.(row, column) === 0));
      }
    }
    upward = !upward;
  }
  const bytes: number[] = [];
  for (let at = 0; at + 8 <= bits.length; at += 8) {
    bytes.push(bits.slice(at, at + 8).reduce((byte, bit) => byte * 2 + bit, 0));
  }
  return bytes;
}

/**
 * Reads an undamaged QR code (versions 6 to 10, level M, bytes) as ISO 18004 says, with none of the code that drew it.
 * `modules`: true is dark; without the margin.
 */
export function readQr(modules: boolean[][]): string {
  const version = (modules.length - 17) / 4;
  const blocks = BLOCKS[version];
  if (blocks === undefined) throw new Error(`version ${version} is not read here`);
  const format = [0, 1, 2, 3, 4].map((column) => Number(modules[8]?.[column]));
  const value = format.reduce((sum, bit) => sum * 2 + bit, 0) ^ 0b10101;
  if (value >> 3 !== 0) throw new Error("not level M");
  const words = codewords(modules, version, value & 7);
  const parts: number[][] = blocks.map(() => []);
  const longest = Math.max(...blocks);
  let next = 0;
  for (let index = 0; index < longest; index++) {
    blocks.forEach((length, block) => {
      if (index < length) parts[block]?.push(words[next++] ?? 0);
    });
  }
  const bits = parts
    .flat()
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  const countBits = version < 10 ? 8 : 16;
  if (bits.slice(0, 4) !== "0100") throw new Error("not bytes");
  const count = Number.parseInt(bits.slice(4, 4 + countBits), 2);
  const bytes = Array.from({ length: count }, (_, index) =>
    Number.parseInt(bits.slice(4 + countBits + index * 8, 12 + countBits + index * 8), 2),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
