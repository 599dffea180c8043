import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { readExportOptions } from "../../../bench/export-options.ts";
import { openCsv, openNdjson, openXlsx } from "../../../bench/export-readers.ts";
import { CompanyTally } from "../../../bench/export-tally.ts";
import { splitText, statementsOf } from "../../../bench/export-text.ts";
import type { Cell } from "../../../src/domain/exports/ports.ts";
import { AWKWARD_TEXTS } from "../../support/awkward-texts.ts";
import { writeFile } from "../../support/export-files.ts";

const COLUMNS = ["siren", "nom_entreprise", "chiffre_affaires"];
const ROWS = AWKWARD_TEXTS.map((text, index): Cell[] => [
  String(552_000_000 + index),
  text,
  index % 2 === 0 ? null : index,
]);

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** In pieces of so many bytes, characters cut in two where it happens. */
async function* inPieces(text: string, bytes: number): AsyncGenerator<Uint8Array> {
  const whole = new TextEncoder().encode(text);
  for (let at = 0; at < whole.length; at += bytes) yield whole.subarray(at, at + bytes);
}

function tallyOf(rows: readonly Cell[][]): CompanyTally {
  const tally = new CompanyTally();
  for (const [siren, , turnover] of rows)
    tally.add(String(siren), turnover === null ? null : Number(turnover));
  return tally;
}

function fileOf(format: "csv" | "ndjson" | "xlsx", rows = ROWS.length) {
  const folder = mkdtempSync(path.join(tmpdir(), "ma-test-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, `companies.${format}`);
  writeFileSync(file, writeFile({ format, columns: COLUMNS, pages: [ROWS] }));
  return { path: file, columns: COLUMNS, rows, databaseUrl: "", signal: new AbortController().signal };
}

test("a text is split the same way whatever pieces it comes in", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom("a", "é", "𝄞", "\r", "<", "</row") })),
      fc.integer({ min: 1, max: 9 }),
      async (lines, bytes) => {
        for (const separator of ["\n", "</row>"]) {
          const text = lines.map((line) => line + separator).join("");
          expect(await collect(splitText(inPieces(text, bytes), separator))).toEqual(
            text.split(separator).slice(0, -1),
          );
        }
      },
    ),
  );
});

test("an SQL file is taken apart into its statements, whatever its strings hold", async () => {
  const rows = AWKWARD_TEXTS.map((text, index): Cell[] => [
    String(552_000_000 + index),
    `${text};\n--${text}`,
  ]);
  const bytes = writeFile({ format: "sql", columns: ["siren", "nom_entreprise"], pages: [rows] });
  const lines = splitText(inPieces(Buffer.from(bytes).toString("utf8"), 7), "\n");
  const statements = await collect(statementsOf(lines));
  const words = statements.map((statement) => statement.split(" ")[0]);
  expect(words).toEqual(["begin;", "set", "create", "alter", "insert", "commit;"]);
});

test("an SQL file that ends within a statement is no whole file", async () => {
  await expect(collect(statementsOf(splitText(inPieces("begin;\nselect 1", 4), "\n")))).rejects.toThrow(
    "does not end",
  );
});

test("the same companies are recognised in any order, and each way to be another set is told", () => {
  const truth = tallyOf(ROWS);
  expect(tallyOf(ROWS.toReversed()).differences(truth)).toEqual([]);
  const [first = [], second = [], ...rest] = ROWS;
  expect(tallyOf([second, ...rest]).differences(truth)[0]).toContain("rows, not");
  expect(tallyOf([second, second, ...rest]).differences(truth)[0]).toContain("is there twice");
  expect(tallyOf([["999999999", "", null], second, ...rest]).differences(truth)[0]).toContain("is due");
  const richer = tallyOf([[first[0] ?? null, "", 7], second, ...rest]);
  expect(richer.differences(truth)).toEqual([expect.stringContaining("turnover")]);
});

test.each([
  ["csv", openCsv],
  ["ndjson", openNdjson],
  ["xlsx", openXlsx],
] as const)("a %s file is found to have the companies that were written", async (format, open) => {
  const { tally } = await open(fileOf(format));
  expect(tally.differences(tallyOf(ROWS))).toEqual([]);
});

test("a large workbook is read row by row", async () => {
  const { tally, reader } = await openXlsx(fileOf("xlsx", 1_000_000));
  expect(reader).toContain("unzipped");
  expect(tally.differences(tallyOf(ROWS))).toEqual([]);
});

test("all formats of a million companies are measured unless told otherwise", () => {
  expect(readExportOptions([])).toEqual({
    rows: 1_000_000,
    formats: ["csv", "ndjson", "xlsx", "sql"],
    quick: false,
  });
  expect(readExportOptions(["--quick", "--formats", "xlsx,csv"])).toEqual({
    rows: 20_000,
    formats: ["csv", "xlsx"],
    quick: true,
  });
  expect(readExportOptions(["--help"])).toBeNull();
  expect(() => readExportOptions(["--formats", "pdf"])).toThrow("some of csv,ndjson,xlsx,sql");
  expect(() => readExportOptions(["--rows", "0"])).toThrow("--rows");
  expect(() => readExportOptions(["--fast"])).toThrow("--fast");
});
