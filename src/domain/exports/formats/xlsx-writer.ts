import { z } from "zod";
import { columnLetters, excelDate, xlsxText } from "../../../lib/xlsx-cell.ts";
import {
  contentTypes,
  ROOT_RELATIONS,
  sheetEnd,
  sheetStart,
  STYLE_SHEET,
  STYLES,
  workbook,
  workbookRelations,
} from "../../../lib/xlsx-parts.ts";
import { ZIP_LIMIT, ZipState, ZipWriter } from "../../../lib/zip-writer.ts";
import { columnByName, type ColumnType } from "../columns.ts";
import { FileTooLarge } from "../errors.ts";
import type { Cell, ExportRow, FileWriter, Written } from "../ports.ts";

/** `lines`: of the last sheet, its header counts. */
const State = z.strictObject({
  columns: z.array(z.string()),
  sheets: z.int(),
  lines: z.int(),
  zip: ZipState,
});
type State = z.infer<typeof State>;

const TITLE = "Entreprises";
/** Of a sheet, in Excel. */
const MOST_LINES = 1_048_576;
/** Uncompressed bytes after which a sheet takes no more rows, far enough from what the archive can say. */
const MOST_BYTES = 4_000_000_000;
/** Bytes of the whole file, with what its end needs to spare. */
const MOST_FILE = ZIP_LIMIT - 1_000_000;
/** Rows that are compressed at once: about a megabyte. */
const SLICE = 500;

const WIDTHS: Record<ColumnType, number> = { text: 18, integer: 14, number: 14, date: 12, datetime: 20 };

interface Column {
  letters: string;
  type: ColumnType;
}

function columnsOf(names: string[]): Column[] {
  return names.map((name, index) => ({
    letters: columnLetters(index),
    type: columnByName(name)?.type ?? "text",
  }));
}

function textCell(place: string, text: string, style: number): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xlsxText(text)}</t></is></c>`;
}

function cellXml(cell: Cell, place: string, type: ColumnType): string {
  if (cell === null || cell === "") return "";
  if (typeof cell === "number") return `<c r="${place}"><v>${cell}</v></c>`;
  const serial = type === "date" || type === "datetime" ? excelDate(cell) : null;
  if (serial === null) return textCell(place, cell, STYLES.text);
  return `<c r="${place}" s="${type === "date" ? STYLES.date : STYLES.moment}"><v>${serial}</v></c>`;
}

function rowXml(cells: Cell[], columns: Column[], line: number): string {
  const inner = columns.map(({ letters, type }, index) =>
    cellXml(cells[index] ?? null, letters + line, type),
  );
  return `<row r="${line}">${inner.join("")}</row>`;
}

function openSheet(zip: ZipWriter, state: State): void {
  state.sheets += 1;
  state.lines = 1;
  const widths = columnsOf(state.columns).map(({ type }) => WIDTHS[type]);
  const header = state.columns.map((name, index) =>
    textCell(`${columnLetters(index)}1`, name, STYLES.header),
  );
  zip.open(`xl/worksheets/sheet${state.sheets}.xml`);
  zip.write(`${sheetStart(widths)}<row r="1">${header.join("")}</row>`);
}

function closeSheet(zip: ZipWriter, state: State): void {
  zip.write(sheetEnd(`A1:${columnLetters(state.columns.length - 1)}${state.lines}`));
  zip.close();
}

function isFull(zip: ZipWriter, state: State): boolean {
  return state.lines === MOST_LINES || (zip.state.open?.size ?? 0) > MOST_BYTES;
}

function writeSlice(zip: ZipWriter, state: State, rows: ExportRow[]): void {
  const columns = columnsOf(state.columns);
  const first = state.lines + 1;
  zip.write(rows.map(({ cells }, index) => rowXml(cells, columns, first + index)).join(""));
  state.lines += rows.length;
}

function written(zip: ZipWriter, state: State): Written {
  if (zip.state.offset > MOST_FILE) throw new FileTooLarge();
  return { bytes: zip.take(), state: { ...state, zip: zip.state } };
}

/**
 * A workbook for Excel. Ours, because the libraries keep a workbook, or the state of a compressor, in memory until its
 * end: here every slice is compressed on its own, and slices make one stream, which any isolate can go on with.
 */
export const xlsxWriter: FileWriter = {
  contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  extension: "xlsx",
  begin: (columns) => {
    const zip = new ZipWriter();
    const state = { columns, sheets: 0, lines: 0, zip: zip.state };
    zip.add("_rels/.rels", ROOT_RELATIONS);
    zip.add("xl/styles.xml", STYLE_SHEET);
    openSheet(zip, state);
    return written(zip, state);
  },
  rows: (from, rows) => {
    const state = State.parse(from);
    const zip = new ZipWriter(state.zip);
    for (let at = 0; at < rows.length;) {
      if (isFull(zip, state)) {
        closeSheet(zip, state);
        openSheet(zip, state);
      }
      const count = Math.min(SLICE, MOST_LINES - state.lines);
      writeSlice(zip, state, rows.slice(at, at + count));
      at += count;
    }
    return written(zip, state);
  },
  end: (from) => {
    const state = State.parse(from);
    const zip = new ZipWriter(state.zip);
    closeSheet(zip, state);
    zip.add("xl/workbook.xml", workbook(state.sheets, TITLE));
    zip.add("xl/_rels/workbook.xml.rels", workbookRelations(state.sheets));
    zip.add("[Content_Types].xml", contentTypes(state.sheets));
    zip.finish();
    return written(zip, state);
  },
};
