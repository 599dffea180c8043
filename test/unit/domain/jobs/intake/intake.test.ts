import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { passesLuhn } from "../../../../../src/domain/companies/siren.ts";
import { TooManyRows, UploadUnreadable } from "../../../../../src/domain/jobs/intake/errors.ts";
import { fileIntake, type Intake, listIntake } from "../../../../../src/domain/jobs/intake/intake.ts";
import { MAX_TASK_ROWS, type TaskRow } from "../../../../../src/domain/jobs/task.ts";
import { mintSiren } from "../../../../support/mint-siren.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function intakeOf(file: string | Uint8Array, options: { size?: number; column?: string } = {}): Intake {
  const bytes = typeof file === "string" ? bytesOf(file) : file;
  return fileIntake(cut(bytes, options.size ?? 7), options.column ?? null);
}

async function take(intake: Intake): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  for await (const some of intake.rows) rows.push(...some);
  return rows;
}

async function read(file: string | Uint8Array, options: { size?: number; column?: string } = {}) {
  const intake = intakeOf(file, options);
  const rows = await take(intake);
  return { rows, layout: intake.layout(), totals: intake.totals() };
}

async function faultsOf(file: string | Uint8Array, options: { column?: string } = {}) {
  try {
    await read(file, { ...options, size: 10_000 });
  } catch (error) {
    if (error instanceof UploadUnreadable) return error.faults;
    throw error;
  }
  throw new Error("it was read");
}

const utf16 = (text: string, bom: number[]): Uint8Array =>
  Uint8Array.from([...bom, ...Array.from(text, (one) => [one.charCodeAt(0), 0]).flat()]);

const DANONE = "552032534";
const POSTE = "356000000";
const BNP = "662042449";

const lines = (count: number): string => `siren\n${`${DANONE}\n`.repeat(count)}`;

const ending = fc.constantFrom("\n", "\r\n", "\r");
const separator = fc.constantFrom(";", ",", "\t", "|");
const siren = fc.integer({ min: 0, max: 10_000 }).map((seed) => mintSiren(`row ${seed}`));
const words = fc.string({
  unit: fc.constantFrom("a", "é", " ", '"', "\n", ";", ",", "\t", "|", "8"),
  maxLength: 8,
});
const name = fc.constantFrom("siren", "SIREN", "n° siren", "Numéro SIREN", "numero_siren", "No SIREN");

interface Written {
  text: string;
  sirens: string[];
  at: number;
}

/** A table as people export it: the SIRENs in one column, anything in the others, quoted or not as it must be. */
const written: fc.Arbitrary<Written & { separator: string; header: string | null }> = fc
  .record({
    sirens: fc.array(siren, { minLength: 1, maxLength: 30 }),
    others: fc.array(words, { minLength: 60, maxLength: 60 }),
    width: fc.integer({ min: 1, max: 3 }),
    place: fc.nat(2),
    header: fc.option(name, { nil: null }),
    separator,
    ending,
    bom: fc.boolean(),
    closed: fc.boolean(),
    quoteAll: fc.boolean(),
  })
  .map(({ sirens, others, width, place, header, separator, ending, bom, closed, quoteAll }) => {
    const at = place % width;
    const cell = (text: string): string =>
      quoteAll || /["\n\r;,\t|]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const line = (value: string, index: number): string =>
      Array.from({ length: width }, (_, column) =>
        cell(column === at ? value : (others[(index * width + column) % others.length] ?? "")),
      ).join(separator);
    const lines = sirens.map(line);
    const first =
      header === null
        ? []
        : [
            Array.from({ length: width }, (_, column) => cell(column === at ? header : `col ${column}`)).join(
              separator,
            ),
          ];
    const text = (bom ? "\uFEFF" : "") + [...first, ...lines].join(ending) + (closed ? ending : "");
    return { text, sirens, at, separator, header };
  });

describe("any table of SIRENs", () => {
  test("gives its rows, whatever its separator, quotes, line endings, byte order mark and pieces", async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.integer({ min: 1, max: 200 }), async (table, size) => {
        const { rows, layout, totals } = await read(table.text, { size });
        expect(rows.map((row) => row.siren)).toEqual(table.sirens);
        expect(rows.map((row) => row.rowNo)).toEqual(table.sirens.map((_, index) => index + 1));
        expect(totals.distinct).toBe(new Set(table.sirens).size);
        expect(totals.distinct + totals.duplicates).toBe(totals.rows);
        expect(layout).toMatchObject({ position: table.at + 1, column: table.header });
      }),
      { numRuns: 500 },
    );
  });

  test("whose cells are other separators is not taken for another one", async () => {
    const text = `${DANONE}\t";"\n${POSTE}\t\n${BNP}\t","`;
    const { rows } = await read(text, { size: 100 });
    expect(rows.map((row) => row.siren)).toEqual([DANONE, POSTE, BNP]);
  });

  test("reads the same however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.integer({ min: 1, max: 50 }), async (table, size) => {
        expect(await read(table.text, { size })).toEqual(await read(table.text, { size: 100_000 }));
      }),
    );
  });

  test("is a list too, with the place of each as its line", async () => {
    const rows = await take(listIntake([DANONE, "no", DANONE]));
    expect(rows).toEqual([
      { rowNo: 1, line: 1, input: DANONE, siren: DANONE, outcome: null, reason: null },
      { rowNo: 2, line: 2, input: "no", siren: null, outcome: "invalid", reason: "not_a_siren" },
      { rowNo: 3, line: 3, input: DANONE, siren: DANONE, outcome: "duplicate", reason: "first_at_line:1" },
    ]);
  });
});

describe("the column", () => {
  test.each([
    ["siren", 1, "siren;nom", `${DANONE};x`],
    ["siren before siret", 2, "siret;siren", `66204244900014;${DANONE}`],
    ["exactly siren before a name with it", 3, "siren_parent;nom;SIREN", `${POSTE};x;${DANONE}`],
    ["a name with siren", 2, "nom,Identifiant SIREN (9 chiffres)", `x,${DANONE}`],
    ["siret when there is no siren", 2, "nom;N° SIRET du siège", "x;55203253400646"],
    ["by its values when no name says it", 2, "nom|identifiant", `x|${DANONE}`],
    ["camel case", 1, "numeroSiren;nom", `${DANONE};x`],
  ])("is found: %s", async (_, position, header, row) => {
    const { rows, layout } = await read(`${header}\n${row}\n`);
    expect(layout?.position).toBe(position);
    expect(layout?.column).not.toBeNull();
    expect(rows.map((one) => one.siren)).toEqual([DANONE]);
  });

  test("is the one that the caller names, as the header has it, folded, or by its number", async () => {
    const file = `siren;Société mère\n${DANONE};${POSTE}\n`;
    for (const column of ["Société mère", "societe_mere", "2"]) {
      const { rows, layout } = await read(file, { column });
      expect(rows.map((one) => one.siren)).toEqual([POSTE]);
      expect(layout).toMatchObject({ position: 2, column: "Société mère" });
    }
    expect(await faultsOf(file, { column: "tva" })).toEqual([{ reason: "column_unknown", line: 1 }]);
  });

  test("of a file without header keeps its first row", async () => {
    const { rows, layout } = await read(`Dupont;${DANONE}\nDurand;${POSTE}\n`);
    expect(layout).toEqual({ encoding: "utf-8", separator: ";", position: 2, column: null });
    expect(rows.map((one) => [one.line, one.siren])).toEqual([
      [1, DANONE],
      [2, POSTE],
    ]);
  });

  test("is read where spaces stand around its quotes", async () => {
    const { rows } = await read(`nom;"siren" \nx; "${DANONE}"\ny;"${POSTE}" \n`);
    expect(rows.map((row) => row.siren)).toEqual([DANONE, POSTE]);
  });

  test.each([
    ["sep=;\n", ";"],
    ["\uFEFFsep=,\r\n", ","],
    ['"sep=|"\r', "|"],
    ["SEP=\t\n", "\t"],
  ])(
    "is read below Excel's own first line, %j, with the separator that it names",
    async (first, separator) => {
      const file = `${first}nom${separator}siren\n"a;b,c|d\te"${separator}${DANONE}\nx${separator}no\n`;
      for (const size of [1, 10_000]) {
        const { rows, layout } = await read(file, { size });
        expect(layout).toMatchObject({ separator, position: 2, column: "siren" });
        expect(rows.map((row) => [row.line, row.siren])).toEqual([
          [3, DANONE],
          [4, null],
        ]);
      }
      expect(await faultsOf(`${first}nom${separator}ville\nx${separator}y\n`)).toEqual([
        { reason: "no_column", line: 2 },
      ]);
      expect(await faultsOf(first)).toEqual([{ reason: "empty_file", line: null }]);
    },
  );

  test("is not looked for under the separators that the first line does not name", async () => {
    expect(await faultsOf(`sep=,\nnom;siren\nx;${DANONE}\n`)).toEqual([{ reason: "no_column", line: 2 }]);
  });

  test("is read in Windows-1252 too", async () => {
    const bytes = Uint8Array.from(`Numéro SIREN;Société\n552\u00A0032\u00A0534;Été\n`, (one) =>
      one.charCodeAt(0),
    );
    const { rows, layout } = await read(bytes);
    expect(layout).toMatchObject({ encoding: "windows-1252", column: "Numéro SIREN" });
    expect(rows).toMatchObject([{ siren: DANONE, line: 2 }]);
  });
});

describe("a value", () => {
  test.each([
    ["552 032 534", DANONE, null],
    ["552\u00A0032\u202F534", DANONE, null],
    ["552.032.534", DANONE, null],
    ['="552032534"', DANONE, null],
    ["'552032534", DANONE, null],
    ['"552032534" ', DANONE, null],
    ["552032534.0", DANONE, null],
    ["552032534,00", DANONE, null],
    ["55203253400646", DANONE, null],
    ["552 032 534 00646", DANONE, null],
    ["55203253400647", DANONE, "siret_check_digit"],
    ["35600000000048", POSTE, null],
    ["5520135", "005520135", "leading_zero_restored"],
    ["05520135", "005520135", "leading_zero_restored"],
  ])("%s is read", async (value, siren, reason) => {
    const [row] = await take(listIntake([value]));
    expect(row).toMatchObject({ siren, outcome: null, reason });
  });

  test("that lost a digit other than a zero is no SIREN", async () => {
    for (const base of ["5520325", "35600000"]) {
      const value = passesLuhn(base) ? "55203253" : base;
      const [row] = await take(listIntake([value, DANONE]));
      expect(row).toMatchObject({ outcome: "invalid", reason: "check_digit" });
    }
  });

  test.each([
    ["", "empty"],
    ["   ", "empty"],
    ["5,52E+08", "scientific_notation"],
    ["5.52032534e+08", "scientific_notation"],
    ["552032535", "check_digit"],
    ["000000000", "not_a_siren"],
    ["FR12552032534", "not_a_siren"],
    ["12345", "not_a_siren"],
    ["5520325340", "not_a_siren"],
  ])("%j is invalid: %s", async (value, reason) => {
    const intake = listIntake([value, DANONE]);
    const [row] = await take(intake);
    expect(row).toMatchObject({ siren: null, outcome: "invalid", reason });
    expect(intake.totals()).toMatchObject({ rows: 2, distinct: 1, invalid: 1 });
    expect(intake.totals().firstInvalid).toEqual([{ line: 1, value: value.trim(), reason }]);
  });

  test("is kept short and storable", async () => {
    const [row] = await take(listIntake([`\u0000${"x".repeat(62)}😀${"y".repeat(900)}`, DANONE]));
    expect(row?.input).toBe(`\uFFFD${"x".repeat(62)}\uFFFD`);
  });

  test("with something mended is told, the first hundred of them", async () => {
    const short = Array.from({ length: 2_000 }, (_, seed) => String(5_520_000 + seed)).filter(passesLuhn);
    const { totals } = await read(["siren", DANONE, ...short, ...short].join("\n"), { size: 64 });
    const first = { line: 3, value: short[0], siren: `00${short[0]}`, reason: "leading_zero_restored" };
    expect(totals).toMatchObject({ warnings: 200, duplicates: 200 });
    expect(totals.firstMended).toHaveLength(100);
    expect(totals.firstMended[0]).toEqual(first);
  });

  test("that is a duplicate says where it was first, and a hundred bad ones are told", async () => {
    const bad = Array.from({ length: 250 }, () => "x");
    const { rows, totals } = await read(["siren", DANONE, ...bad, DANONE, BNP].join("\n"), { size: 64 });
    expect(rows.at(-2)).toMatchObject({ line: 253, outcome: "duplicate", reason: "first_at_line:2" });
    expect(totals).toMatchObject({ rows: 253, distinct: 2, duplicates: 1, invalid: 250 });
    expect(totals.firstInvalid).toHaveLength(100);
  });
});

describe("a file that can't be worked on says why", () => {
  test.each([
    ["nothing", "", "empty_file", null],
    ["a byte order mark only", "\uFEFF", "empty_file", null],
    ["blank lines only", "\n\n  \n", "empty_file", null],
    ["a header only", "siren;nom\n", "no_rows", null],
    ["no column", "nom;ville\nx;y\n", "no_column", 1],
    ["an unclosed quote in the header", '"siren;nom\n552032534;x\n', "unclosed_quote", 1],
    ["an unclosed quote", `siren\n${DANONE}\n"${POSTE}\n${BNP}\n`, "unclosed_quote", 3],
    ["a NUL byte", `siren\n${DANONE}\n35600\u00000000\n`, "nul_bytes", 3],
    ["UTF-16 with its mark", utf16(`siren\n${DANONE}\n`, [0xff, 0xfe]), "utf16", null],
    ["UTF-16 without", utf16(`siren\n${DANONE}\n`, []), "utf16", null],
    ["a zip", Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0]), "archive", null],
    ["a gzip", Uint8Array.from([0x1f, 0x8b, 8, 0]), "archive", null],
    ["a workbook", `PK\u0003\u0004......[Content_Types].xml`, "spreadsheet", null],
    ["an old workbook", Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), "spreadsheet", null],
    ["NUL bytes only", new Uint8Array(300), "nul_bytes", 1],
    ["a line too long", `siren\n${DANONE}\n${"x".repeat(70_000)}\n`, "record_too_long", 3],
    ["one endless line", "x".repeat(200_000), "record_too_long", 1],
    ["a quote far down", `siren\n${`${DANONE}\n`.repeat(30_000)}"x\n`, "unclosed_quote", 30_002],
    ["a NUL far down", `siren\n${`${DANONE}\n`.repeat(30_000)}\u0000`, "nul_bytes", 30_002],
  ])("%s", async (_, file, reason, line) => {
    expect(await faultsOf(file)).toEqual([{ reason, line }]);
  });

  test("not one good row: the first bad ones, at most ten", async () => {
    const faults = await faultsOf(`siren\n552032535\nx\n${"y\n".repeat(20)}`);
    expect(faults).toHaveLength(10);
    expect(faults.slice(0, 2)).toMatchObject([
      { reason: "check_digit", line: 2 },
      { reason: "not_a_siren", line: 3 },
    ]);
  });

  test("random bytes are refused or read, never thrown at", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const error = await read(bytes).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        expect(error === null || error instanceof UploadUnreadable).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a batch holds 100,000 rows", () => {
  test("and not one more", async () => {
    const { totals } = await read(lines(MAX_TASK_ROWS), { size: 65_536 });
    expect(totals).toMatchObject({ rows: MAX_TASK_ROWS, distinct: 1, duplicates: MAX_TASK_ROWS - 1 });
    await expect(read(lines(MAX_TASK_ROWS + 1), { size: 65_536 })).rejects.toBeInstanceOf(TooManyRows);
  });
});
