import { parse } from "csv-parse/sync";
import { z } from "zod";
import { parseSiren, stripSeparators, type IdentifierFault } from "../../src/domain/companies/siren.ts";

const FileRow = z.object({
  info: z.object({ lines: z.int() }),
  record: z.object({ siren: z.string(), nom: z.string().default("") }),
});

const FAULTS: Record<IdentifierFault, string> = {
  characters: "not a number",
  length: "not 9 digits",
  zero: "nobody's number",
  checksum: "wrong check digit",
};

export interface CompanyRow {
  line: number;
  siren: string;
  /** As the file has it; may be empty. */
  name: string;
}

/** A remark about one line: `value` as it stands in the file. */
export interface LineRemark {
  line: number;
  value: string;
  text: string;
}

export interface CompanyFile {
  /** Every SIREN once, in the file's order. */
  rows: CompanyRow[];
  warnings: LineRemark[];
  rejected: LineRemark[];
  total: number;
}

/** Reads `siren,nom` as people keep it: any of the three delimiters, spaces in numbers, lost zeros, repeats. */
export function readCompanyFile(text: string): CompanyFile {
  const parsed: unknown = parse(text, {
    bom: true,
    columns: true,
    info: true,
    trim: true,
    delimiter: [",", ";", "\t"],
    skip_empty_lines: true,
    relax_column_count: true,
  });
  const file: CompanyFile = { rows: [], warnings: [], rejected: [], total: 0 };
  const seen = new Map<string, number>();
  for (const { info, record } of z.array(FileRow).parse(parsed)) {
    file.total += 1;
    addRow(file, seen, { line: info.lines, value: record.siren, name: record.nom });
  }
  return file;
}

function addRow(
  file: CompanyFile,
  seen: Map<string, number>,
  { line, value, name }: { line: number; value: string; name: string },
): void {
  const remark = (text: string): LineRemark => ({ line, value, text });
  const digits = stripSeparators(value);
  // A spreadsheet that takes a SIREN for a number drops its leading zero.
  const lostZero = /^\d{8}$/.test(digits);
  const result = parseSiren(lostZero ? `0${digits}` : digits);
  if (!result.ok) {
    file.rejected.push(remark(FAULTS[result.fault]));
    return;
  }
  if (lostZero) file.warnings.push(remark(`leading zero restored: ${result.siren}`));
  const first = seen.get(result.siren);
  if (first !== undefined) {
    file.warnings.push(remark(`same company as line ${first}, asked once`));
    return;
  }
  seen.set(result.siren, line);
  file.rows.push({ line, siren: result.siren, name });
}
