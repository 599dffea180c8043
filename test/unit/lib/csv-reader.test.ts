import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  CsvFault,
  type CsvOptions,
  CsvReader,
  type CsvRecord,
  MAX_RECORD_BYTES,
} from "../../../src/lib/csv-reader.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function readPieces(pieces: Uint8Array[], options: Partial<CsvOptions> = {}): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  const csv = new CsvReader(
    { separator: ";", column: null, ...options },
    (record) => void records.push(record),
  );
  for (const piece of pieces) await csv.write(piece);
  await csv.end();
  return records;
}

async function read(
  text: string,
  cuts: number[] = [],
  options: Partial<CsvOptions> = {},
): Promise<CsvRecord[]> {
  const bytes = bytesOf(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return readPieces(
    places.map((from, index) => bytes.slice(from, places[index + 1])),
    options,
  );
}

async function cellsOf(text: string): Promise<string[][]> {
  return (await read(text)).map(({ cells }) => cells);
}

/** Its records, or its fault. */
async function outcomeOf(text: string, cuts: number[] = []): Promise<unknown> {
  try {
    return await read(text, cuts);
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    return [error.reason, error.line];
  }
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
const cell = fc.string({
  unit: fc.constantFrom("a", "é", " ", ";", ",", '"', "\n", "\r\n", "\r", "7", "€"),
  maxLength: 6,
});
const bare = fc.string({ unit: fc.constantFrom("a", "é", "7", "€", "'"), minLength: 1, maxLength: 6 });
/** Cells as they are, and as they are written. */
const written = fc.oneof(
  cell.map((text) => ({ text, source: quoted(text) })),
  bare.map((text) => ({ text, source: text })),
);
const table = fc.array(fc.array(written, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
const cuts = fc.array(fc.nat(500), { maxLength: 6 });
const ending = fc.constantFrom("\n", "\r\n", "\r");

const isBlank = (text: string): boolean => /^[ \t]*$/.test(text);
const lineEndings = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;

describe("records", () => {
  test("are those of the table that was written, on its lines, however the bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(table, ending, cuts, fc.boolean(), async (rows, ending, cuts, closed) => {
        const sources = rows.map((cells) => cells.map(({ source }) => source).join(";"));
        const expected = rows.map((cells, index) => ({
          line:
            1 +
            lineEndings(
              sources
                .slice(0, index)
                .map((source) => source + ending)
                .join(""),
            ),
          cells: cells.map(({ text }) => text),
        }));
        const file = sources.join(ending) + (closed ? ending : "");
        const records = await read(file, cuts);
        expect(records).toEqual(expected.filter(({ cells }) => !cells.every(isBlank)));
      }),
      { numRuns: 1_000 },
    );
  });

  test("or the fault are the same for any text, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell).map((cells) => cells.join("")),
        cuts,
        async (text, cuts) => {
          expect(await outcomeOf(text, cuts)).toEqual(await outcomeOf(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("begin at the line that an editor shows, line endings within quotes included", async () => {
    const records = await read('a;b\r\n1;"x\r\ny\nz"\r\n\r\n2;3\r4;5\n6;7');
    expect(records.map(({ line }) => line)).toEqual([1, 2, 6, 7, 8]);
  });

  test("without any text are none", async () => {
    expect(await cellsOf('\n;;;\n  ;\n""\n1;2\n\n')).toEqual([["1", "2"]]);
  });

  test("keep quotes that stand within a bare cell, and those of a cell that goes on after the closing one", async () => {
    expect(await cellsOf('12" vis;SARL "Le Bon"\n"Le "Bon" Coin";1\n"a" ;b')).toEqual([
      ['12" vis', 'SARL "Le Bon"'],
      ['"Le "Bon" Coin"', "1"],
      ['"a" ', "b"],
    ]);
  });

  test("give the one cell that is wanted, empty where the record is too short", async () => {
    const records = await read("a;b;c\n1\n2;3", [], { column: 1 });
    expect(records.map(({ cells }) => cells)).toEqual([["b"], [""], ["3"]]);
  });

  test("are read as Windows-1252 where they are no UTF-8", async () => {
    const bytes = Uint8Array.from([0x53, 0x6f, 0x63, 0x69, 0xe9, 0x74, 0xe9, 0x3b, 0x80]);
    expect(await readPieces([bytes])).toEqual([{ line: 1, cells: ["Société", "€"] }]);
  });

  test("of other lengths than the first cost no more: not one error is made of them", async () => {
    using errors = vi.spyOn(Error, "captureStackTrace");
    expect(await read("a;b\n1\n\n;;;\n1;2;3\n")).toHaveLength(3);
    expect(errors).not.toHaveBeenCalled();
  });

  test("have been taken when a write ends; one that can't be taken ends it", async () => {
    const taken: number[] = [];
    const csv = new CsvReader({ separator: ";", column: 0 }, ({ line }) => {
      if (line === 3) throw new RangeError("enough");
      taken.push(line);
    });
    await csv.write(bytesOf("a\nb\nc"));
    expect(taken).toEqual([1]);
    await expect(csv.write(bytesOf("c\nd\ne\nf\n"))).rejects.toThrow(new RangeError("enough"));
    expect(taken).toEqual([1, 2]);
  });
});

describe("what can't be cut into records", () => {
  test("a quote that is never closed is told by the line of its record", async () => {
    const fault = { reason: "unclosed_quote", line: 3 };
    await expect(read('a\nb\n"c\nd\ne')).rejects.toMatchObject(fault);
    await expect(read('a\nb\n1;"c\nd";"e\nf')).rejects.toMatchObject(fault);
  });

  test("one that swallows too much is told before the end is seen", async () => {
    const endless = bytesOf(`a\n"b${"\nc;d".repeat(MAX_RECORD_BYTES / 3)}`);
    const csv = new CsvReader({ separator: ";", column: null }, () => undefined);
    await expect(csv.write(endless)).rejects.toMatchObject({ reason: "unclosed_quote", line: 2 });
  });

  test("a record that is too long is told by its line, however it is cut", async () => {
    for (const rest of ["", "\n", "\r\n", "\nb\n", ";".repeat(1_000)]) {
      const text = `a\n${"b".repeat(MAX_RECORD_BYTES + 1)}${rest}`;
      for (const cuts of [[], [10], [MAX_RECORD_BYTES], [MAX_RECORD_BYTES + 1, MAX_RECORD_BYTES + 3]]) {
        await expect(read(text, cuts)).rejects.toMatchObject({ reason: "record_too_long", line: 2 });
      }
    }
    expect(await read(`a\n${"b".repeat(MAX_RECORD_BYTES - 2)}\r\nc`, [MAX_RECORD_BYTES])).toHaveLength(3);
  });
});
