import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvRecord, CsvScanner, MAX_RECORD_BYTES } from "../../../src/lib/csv-scanner.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function scan(text: string, cuts: number[] = [], column: number | null = null): CsvRecord[] {
  const bytes = bytesOf(text);
  const scanner = new CsvScanner({ separator: ";", column });
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const records = places.flatMap((from, index) => [...scanner.write(bytes.slice(from, places[index + 1]))]);
  return [...records, ...scanner.end()];
}

function cellsOf(text: string): string[][] {
  return scan(text).map(({ cells }) => cells);
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const cell = fc.string({
  unit: fc.constantFrom("a", "é", " ", ";", ",", '"', "\n", "\r\n", "7", "€"),
  maxLength: 6,
});
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });

describe("records", () => {
  test("are those of csv-parse, for any table, however the bytes are cut", () => {
    fc.assert(
      fc.property(
        table.filter((rows) => rows.every((cells) => cells.join("").trim() !== "")),
        fc.constantFrom("\n", "\r\n"),
        fc.array(fc.nat(500), { maxLength: 6 }),
        (rows, ending, cuts) => {
          const text = rows.map((cells) => cells.map(quoted).join(";")).join(ending);
          const expected = parse(text, { delimiter: ";", relax_column_count: true });
          expect(scan(text, cuts).map(({ cells }) => cells)).toEqual(expected);
          expect(scan(text, cuts)).toEqual(scan(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("begin at the line that an editor shows, line endings within quotes included", () => {
    const text = 'a;b\r\n1;"x\r\ny\nz"\r\n\r\n2;3\r4;5\n6;7';
    expect(scan(text).map(({ line }) => line)).toEqual([1, 2, 6, 7, 8]);
  });

  test("without any text are none", () => {
    expect(cellsOf('\n;;;\n  ;\n""\n1;2\n\n')).toEqual([["1", "2"]]);
  });

  test("keep quotes that stand within a bare cell, and text after a closing one", () => {
    expect(cellsOf('12" vis;SARL "Le Bon"\n"Le "Bon" Coin";1\n"a" ;b')).toEqual([
      ['12" vis', 'SARL "Le Bon"'],
      ['Le Bon" Coin"', "1"],
      ["a ", "b"],
    ]);
  });

  test("give the one cell that is wanted, empty where the record is too short", () => {
    expect(scan("a;b;c\n1\n2;3", [], 1).map(({ cells }) => cells)).toEqual([["b"], [""], ["3"]]);
  });

  test("are read as Windows-1252 where they are no UTF-8", () => {
    const scanner = new CsvScanner({ separator: ";", column: null });
    const bytes = Uint8Array.from([0x53, 0x6f, 0x63, 0x69, 0xe9, 0x74, 0xe9, 0x3b, 0x80]);
    expect([...scanner.write(bytes), ...scanner.end()]).toEqual([{ line: 1, cells: ["Société", "€"] }]);
  });
});

describe("what can't be cut into records", () => {
  test("a quote that is never closed is told by the line it was opened on", () => {
    expect(() => scan('a\nb\n"c\nd\ne')).toThrow(
      expect.objectContaining({ reason: "unclosed_quote", line: 3 }),
    );
  });

  test("one that swallows too much is told before the end is seen", () => {
    const scanner = new CsvScanner({ separator: ";", column: null });
    const endless = bytesOf(`a\n"b${"\nc;d".repeat(MAX_RECORD_BYTES / 4)}`);
    expect(() => [...scanner.write(endless)]).toThrow(
      expect.objectContaining({ reason: "unclosed_quote", line: 2 }),
    );
  });

  test("a record that is too long is told by its line", () => {
    expect(() => scan(`a\n${"b".repeat(MAX_RECORD_BYTES + 1)}`)).toThrow(
      expect.objectContaining({ reason: "record_too_long", line: 2 }),
    );
    expect(scan(`a\n${"b".repeat(MAX_RECORD_BYTES)}`)).toHaveLength(2);
  });
});
