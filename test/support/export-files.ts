import { columnByName } from "../../src/domain/exports/columns.ts";
import type { ExportFormat, ExportOptions } from "../../src/domain/exports/export.ts";
import { FILE_WRITERS } from "../../src/domain/exports/formats/file-writers.ts";
import type { Cell, ExportRow, WriterState } from "../../src/domain/exports/ports.ts";

export interface ToWrite {
  format: ExportFormat;
  columns: string[];
  /** One per step. */
  pages: Cell[][][];
  options?: ExportOptions;
}

function rowsOf(page: Cell[][]): ExportRow[] {
  return page.map((cells) => ({ siren: String(cells[0]), key: String(cells[0]), cells }));
}

function throughJson(state: WriterState): WriterState {
  return JSON.parse(JSON.stringify(state));
}

/** The whole file, its state kept as JSON between its steps. */
export function writeFile({ format, columns, pages, options = {} }: ToWrite): Uint8Array {
  const writer = FILE_WRITERS[format];
  const begun = writer.begin(columns, options);
  const chunks = [begun.bytes];
  let state = throughJson(begun.state);
  for (const page of pages) {
    const written = writer.rows(state, rowsOf(page));
    chunks.push(written.bytes);
    state = throughJson(written.state);
  }
  chunks.push(writer.end(state).bytes);
  return joined(chunks);
}

function joined(chunks: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

export function beginsFormula(text: string): boolean {
  return text !== "" && "=+-@\t\r\n\u0000\uFF1D\uFF0B\uFF0D\uFF20".includes(text.charAt(0));
}

/** As documented: one of the apostrophes before the beginning of a formula is the file's own. */
export function withoutGuard(text: string): string {
  return text.startsWith("'") && beginsFormula(text.replace(/^'+/, "")) ? text.slice(1) : text;
}

export function textColumns(count: number): string[] {
  const names = [
    "siren",
    "nom_entreprise",
    "adresse",
    "ville",
    "secteur_activite",
    "forme_juridique_libelle",
  ];
  if (names.some((name) => columnByName(name)?.type !== "text")) throw new Error("not texts");
  return names.slice(0, count);
}
