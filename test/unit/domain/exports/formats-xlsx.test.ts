import { crc32 } from "node:zlib";
import fc from "fast-check";
import readWorkbook from "read-excel-file/node";
import { expect, test } from "vitest";
import { FileTooLarge } from "../../../../src/domain/exports/errors.ts";
import { xlsxWriter } from "../../../../src/domain/exports/formats/xlsx-writer.ts";
import type { Cell } from "../../../../src/domain/exports/ports.ts";
import { AWKWARD_TEXTS } from "../../../support/awkward-texts.ts";
import { textColumns, writeFile } from "../../../support/export-files.ts";
import { zipEntries } from "../../../support/zip-entries.ts";

interface Sheet {
  name: string;
  rows: unknown[][];
}

async function sheetsOf(bytes: Uint8Array): Promise<Sheet[]> {
  const sheets = await readWorkbook(Buffer.from(bytes), { trim: false });
  return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data }));
}

/** A sheet knows no difference between an empty text and nothing. */
function blanked(row: Cell[]): Cell[] {
  return row.map((cell) => (cell === "" ? null : cell));
}

function sheetXml(bytes: Uint8Array): string {
  return (
    zipEntries(bytes)
      .find(({ name }) => name === "xl/worksheets/sheet1.xml")
      ?.content.toString() ?? ""
  );
}

test("every text comes back as it was", async () => {
  const pages = AWKWARD_TEXTS.map((text, index): Cell[][] => [[String(index).padStart(9, "0"), text, text]]);
  const bytes = writeFile({ format: "xlsx", columns: textColumns(3), pages });
  const [sheet] = await sheetsOf(bytes);
  expect(sheet).toEqual({ name: "Entreprises", rows: [textColumns(3), ...pages.flat().map(blanked)] });
});

test("each part is one deflate stream with the checksum that the directory says, and nothing is a formula", () => {
  const pages = AWKWARD_TEXTS.map((text): Cell[][] => [["005520135", text]]);
  const bytes = writeFile({ format: "xlsx", columns: textColumns(2), pages });
  const entries = zipEntries(bytes);
  expect(entries.map(({ name }) => name)).toEqual([
    "_rels/.rels",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
  ]);
  for (const { content, crc, size } of entries) {
    expect([crc, size]).toEqual([crc32(content), content.length]);
  }
  expect(sheetXml(bytes)).not.toContain("<f>");
});

test("numbers are numbers, dates are dates of Excel, and nothing is no cell", async () => {
  const columns = ["siren", "date_creation", "chiffre_affaires", "score_confidence", "last_scraped_at"];
  const moment = "2026-11-20T09:00:00.000Z";
  const pages: Cell[][][] = [
    [["005520135", "1994-03-01", -1200, 0.85, moment]],
    [
      ["005520136", null, null, null, null],
      ["005520137", "1900-02-28", 1e15, null, moment],
    ],
  ];
  const [sheet] = await sheetsOf(writeFile({ format: "xlsx", columns, pages }));
  expect(sheet?.rows.slice(1)).toEqual([
    ["005520135", new Date("1994-03-01T00:00:00Z"), -1200, 0.85, new Date(moment)],
    ["005520136", null, null, null, null],
    // Before March 1900 Excel's calendar is wrong: the date is text.
    ["005520137", "1900-02-28", 1e15, null, new Date(moment)],
  ]);
});

test("the header stays in view and filters the whole sheet", () => {
  const xml = sheetXml(
    writeFile({ format: "xlsx", columns: textColumns(3), pages: [[["1", "a", "b"]], [["2", "c", "d"]]] }),
  );
  expect(xml).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
  expect(xml).toContain('<autoFilter ref="A1:C3"/>');
});

test("a text longer than a cell holds is cut there, between two characters", async () => {
  const pages = [
    [
      ["1", "x".repeat(32_767)],
      ["2", "x".repeat(32_768)],
      ["3", `${"x".repeat(32_765)}🏭🏭`],
    ],
  ];
  const [sheet] = await sheetsOf(writeFile({ format: "xlsx", columns: textColumns(2), pages }));
  const texts = sheet?.rows.slice(1).map((row) => String(row[1])) ?? [];
  expect(texts.map((text) => text.length)).toEqual([32_767, 32_767, 32_766]);
  expect(texts.map((text) => text.slice(-2))).toEqual(["xx", "x…", "x…"]);
});

test("what XML cannot hold is escaped as the format says", async () => {
  const text = "a\u0001b\u000Bc\u001Fd\uFFFEe\uD800f";
  const [sheet] = await sheetsOf(
    writeFile({ format: "xlsx", columns: textColumns(2), pages: [[["1", text]]] }),
  );
  expect(sheet?.rows[1]?.[1]).toBe("a\u0001b\u000Bc\u001Fd\uFFFEe\uFFFDf");
});

/** As if so many lines had been written before. */
function afterLines(lines: number) {
  const begun = xlsxWriter.begin(textColumns(2), {});
  return { bytes: begun.bytes, state: { ...begun.state, lines } };
}

test("what a sheet of Excel cannot hold goes on in a next one, with its header", async () => {
  const begun = afterLines(1_048_574);
  const cells = ["1", "2", "3", "4", "5"].map((siren) => [siren, "x"]);
  const rows = cells.map((row) => ({ siren: String(row[0]), key: "", cells: row }));
  const written = xlsxWriter.rows(begun.state, rows);
  const end = xlsxWriter.end(JSON.parse(JSON.stringify(written.state)));
  const bytes = Buffer.concat([begun.bytes, written.bytes, end.bytes]);
  const entries = new Map(zipEntries(bytes).map(({ name, content }) => [name, content.toString()]));
  expect(entries.get("xl/worksheets/sheet1.xml")).toContain('<row r="1048576">');
  expect(entries.get("xl/worksheets/sheet1.xml")).toContain('<autoFilter ref="A1:B1048576"/>');
  expect(entries.get("xl/workbook.xml")).toContain('<sheet name="Entreprises 2" sheetId="2" r:id="rId2"/>');
  expect(entries.get("xl/worksheets/sheet2.xml")).toContain('<row r="4">');
  const sheets = await sheetsOf(bytes);
  expect(sheets[1]).toEqual({ name: "Entreprises 2", rows: [textColumns(2), ...cells.slice(2)] });
});

test("a file larger than its format can say is refused, not written wrong", () => {
  const { state } = xlsxWriter.begin(textColumns(2), {});
  const zip = { ...Object(state["zip"]), offset: 0xffff_ffff };
  expect(() => xlsxWriter.rows({ ...state, zip }, [])).toThrow(FileTooLarge);
});

test("wherever the steps end, the workbook says the same", async () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.integer(),
    fc.constant(null),
  );
  const rows = fc.array(fc.tuple(fc.stringMatching(/^\d{9}$/), cell, fc.constant("x")), {
    minLength: 1,
    maxLength: 8,
  });
  const repeats = fc.integer({ min: 1, max: 100 });
  const cuts = fc.array(fc.nat(), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(rows, repeats, cuts, async (some, times, at) => {
      const all: Cell[][] = Array.from({ length: times }, () => some).flat();
      const edges = [0, ...at.map((cut) => cut % (all.length + 1)), all.length].sort((a, b) => a - b);
      const pages = edges.slice(1).map((to, index) => all.slice(edges[index], to));
      const bytes = writeFile({ format: "xlsx", columns: textColumns(3), pages });
      const [sheet] = await sheetsOf(bytes);
      expect(sheet?.rows.slice(1)).toEqual(all.map(blanked));
      expect(sheetXml(bytes)).toBe(
        sheetXml(writeFile({ format: "xlsx", columns: textColumns(3), pages: [all] })),
      );
    }),
    { numRuns: 25 },
  );
});
