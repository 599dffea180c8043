import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { EXPORT_COLUMNS } from "../../../../src/domain/exports/columns.ts";
import { EXPORT_FORMATS } from "../../../../src/domain/exports/export.ts";
import { FILE_WRITERS } from "../../../../src/domain/exports/formats/file-writers.ts";
import type { Cell } from "../../../../src/domain/exports/ports.ts";
import { AWKWARD_TEXTS } from "../../../support/awkward-texts.ts";
import { beginsFormula, textColumns, withoutGuard, writeFile } from "../../../support/export-files.ts";

const decode = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const TYPED = ["siren", "date_creation", "chiffre_affaires", "score_confidence", "last_scraped_at"];
const TYPED_ROW: Cell[] = ["005520135", "1994-03-01", -1200, 0.85, "2026-11-20T09:00:00.123Z"];

function sirenOf(index: number): string {
  return String(index).padStart(9, "0");
}

const awkwardPages = AWKWARD_TEXTS.map((text, index): Cell[][] => [[sirenOf(index), text, text]]);

function readCsv(bytes: Uint8Array, delimiter: string): string[][] {
  const { data, errors } = Papa.parse<string[]>(decode(bytes), {
    delimiter,
    newline: "\r\n",
    skipEmptyLines: true,
  });
  expect(errors).toEqual([]);
  return data;
}

describe("CSV", () => {
  test.each([",", ";"] as const)("with `%s`: every text comes back, its guard taken away", (delimiter) => {
    const bytes = writeFile({
      format: "csv",
      columns: textColumns(3),
      pages: awkwardPages,
      options: { delimiter },
    });
    const [header, ...rows] = readCsv(bytes, delimiter);
    expect(header).toEqual(textColumns(3));
    expect(rows.map((row) => row.map(withoutGuard))).toEqual(awkwardPages.flat());
  });

  test("no text cell begins as a formula does", () => {
    const bytes = writeFile({ format: "csv", columns: textColumns(3), pages: awkwardPages });
    const cells = readCsv(bytes, ",").flat();
    expect(cells.filter(beginsFormula)).toEqual([]);
  });

  test("numbers are bare, a negative one too; nothing is an empty field; figures keep their zeros", () => {
    const pages = [[TYPED_ROW, ["000000001", null, null, null, null]]];
    expect(decode(writeFile({ format: "csv", columns: TYPED, pages }))).toBe(
      `${TYPED.join(",")}\r\n005520135,1994-03-01,-1200,0.85,2026-11-20T09:00:00.123Z\r\n000000001,,,,\r\n`,
    );
  });

  test("begins with a byte order mark when asked, once", () => {
    const pages = [[["005520135", "a"]], [["005520136", "b"]]];
    const text = decode(writeFile({ format: "csv", columns: textColumns(2), pages, options: { bom: true } }));
    expect(text).toBe("\uFEFFsiren,nom_entreprise\r\n005520135,a\r\n005520136,b\r\n");
  });
});

describe("NDJSON", () => {
  test("every text comes back as it was", () => {
    const text = decode(writeFile({ format: "ndjson", columns: textColumns(3), pages: awkwardPages }));
    const rows = text
      .trimEnd()
      .split("\n")
      .map((line) => Object.values(JSON.parse(line)));
    expect(rows).toEqual(awkwardPages.flat());
  });

  test("all columns are in each line; numbers are numbers, nothing is null", () => {
    const pages = [[TYPED_ROW], [["000000001", null, null, null, null]]];
    const [first, second] = decode(writeFile({ format: "ndjson", columns: TYPED, pages })).split("\n");
    expect(first).toBe(
      '{"siren":"005520135","date_creation":"1994-03-01","chiffre_affaires":-1200,"score_confidence":0.85,"last_scraped_at":"2026-11-20T09:00:00.123Z"}',
    );
    expect(Object.values(JSON.parse(second ?? ""))).toEqual(["000000001", null, null, null, null]);
  });
});

describe("SQL", () => {
  test("makes a typed table, brings an older one up to date, and ends in one transaction", () => {
    const text = decode(writeFile({ format: "sql", columns: TYPED, pages: [[TYPED_ROW]] }));
    expect(text).toBe(`-- Companies, keyed by SIREN. Loading this file again changes nothing.
-- psql -v ON_ERROR_STOP=1 -f this-file.sql "$DATABASE_URL"
begin;
set local client_encoding = 'UTF8';
create table if not exists companies_export (siren text primary key);
alter table companies_export
  add column if not exists date_creation date,
  add column if not exists chiffre_affaires bigint,
  add column if not exists score_confidence double precision,
  add column if not exists last_scraped_at timestamptz;
insert into companies_export (siren, date_creation, chiffre_affaires, score_confidence, last_scraped_at) values
('005520135', '1994-03-01', -1200, 0.85, '2026-11-20T09:00:00.123Z')
on conflict (siren) do update set date_creation = excluded.date_creation, chiffre_affaires = excluded.chiffre_affaires, score_confidence = excluded.score_confidence, last_scraped_at = excluded.last_scraped_at;
commit;
`);
  });

  test("text cannot end its own string, whatever the server takes a backslash for", () => {
    const pages = [
      [
        ["1", "a'b"],
        ["2", "a\\'b"],
        ["3", "nul\u0000"],
      ],
    ];
    const text = decode(writeFile({ format: "sql", columns: textColumns(2), pages }));
    expect(text).toContain(`('1', 'a''b'),\n('2', E'a\\\\''b'),\n('3', 'nul\uFFFD')\n`);
  });

  test("of no company, and of SIRENs alone, it is still a script that loads", () => {
    const none = decode(writeFile({ format: "sql", columns: ["siren"], pages: [] }));
    expect(none).toContain("(siren text primary key);\ncommit;\n");
    const text = decode(writeFile({ format: "sql", columns: ["siren"], pages: [[["1"]]] }));
    expect(text).toContain("values\n('1')\non conflict (siren) do nothing;\ncommit;\n");
  });
});

test("the report of a table elsewhere has one line per record, whatever columns were sent there", () => {
  const pages: Cell[][][] = [[["1", "created", "rec1", null]], [["2", "refused", null, "INVALID_VALUE"]]];
  expect(decode(writeFile({ format: "airtable", columns: ["siren", "ville"], pages }))).toBe(
    '{"siren":"1","outcome":"created","record_id":"rec1","error":null}\n' +
      '{"siren":"2","outcome":"refused","record_id":null,"error":"INVALID_VALUE"}\n',
  );
});

test("wherever the steps end, the bytes of CSV, NDJSON and SQL are the same", () => {
  const cell = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.constant(null));
  const rows = fc.array(fc.tuple(fc.stringMatching(/^\d{9}$/), cell, cell), { maxLength: 12 });
  const repeats = fc.integer({ min: 1, max: 80 });
  const cuts = fc.array(fc.nat(), { maxLength: 5 });
  const formats = fc.constantFrom("csv", "ndjson", "sql");
  fc.assert(
    fc.property(rows, repeats, cuts, formats, (some, times, at, format) => {
      const all: Cell[][] = Array.from({ length: times }, () => some).flat();
      const edges = [0, ...at.map((cut) => cut % (all.length + 1)), all.length].sort((a, b) => a - b);
      const pages = edges.slice(1).map((to, index) => all.slice(edges[index], to));
      const file = { format, columns: textColumns(3) };
      expect(writeFile({ ...file, pages })).toEqual(writeFile({ ...file, pages: [all] }));
    }),
    { numRuns: 60 },
  );
});

test.each(EXPORT_FORMATS)("%s with all columns and no company is a file", (format) => {
  const columns = EXPORT_COLUMNS.map(({ name }) => name);
  const { contentType, extension } = FILE_WRITERS[format];
  expect(contentType).toMatch(/^[a-z]+\/[a-z0-9.+-]+/);
  expect(extension).toMatch(/^[a-z]+$/);
  expect(() => writeFile({ format, columns, pages: [] })).not.toThrow();
});
