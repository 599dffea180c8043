import { formeJuridiqueLabel } from "../../domain/companies/forme-juridique.ts";
import { nafLabel } from "../../domain/companies/naf.ts";
import { TRANCHES_EFFECTIF } from "../../domain/companies/tranche-effectif.ts";
import { QueryTooSlow } from "../../domain/exports/errors.ts";
import type { ExportOrder } from "../../domain/exports/export.ts";
import type { Cell, ExportRow, ExportRows } from "../../domain/exports/ports.ts";
import { syntheticCells, syntheticMatches } from "../../domain/exports/synthetic-cells.ts";
import { type Database, readLists, type Statement, StatementTooSlow } from "./database.ts";
import { type RowsPage, rowsStatement } from "./export-row-statements.ts";

/** A filter that few companies meet reads many to fill a page. */
const STATEMENT_MS = 60_000;

const MEANINGS: Record<string, (code: string) => Cell> = {
  secteur_activite: nafLabel,
  forme_juridique_libelle: formeJuridiqueLabel,
  tranche_effectif_min: (code) => TRANCHES_EFFECTIF.get(code)?.min ?? null,
  tranche_effectif_max: (code) => TRANCHES_EFFECTIF.get(code)?.max ?? null,
};

type Reading = (value: unknown) => Cell;

function cell(value: unknown): Cell {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError("a cell is neither text nor number");
}

function meant(meaning: (code: string) => Cell): Reading {
  return (code) => (typeof code === "string" ? meaning(code) : null);
}

function readingOf(name: string): Reading {
  const meaning = MEANINGS[name];
  return meaning === undefined ? cell : meant(meaning);
}

/** Companies as rows of a file, from the system of record; for test keys from the synthetic ones. */
export class ExportRowReader implements ExportRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async page(order: ExportOrder, page: RowsPage): Promise<ExportRow[]> {
    const found = await this.#read(rowsStatement(order, page, await namedBy(order)));
    const readings = order.columns.map(readingOf);
    const rows = found.map(([key, siren, ...values]): ExportRow => {
      const cells = readings.map((reading, index) => reading(values[index]));
      return { key: String(key), siren: String(siren), cells };
    });
    return order.mode === "test" ? Promise.all(rows.map(async (row) => invented(row, order.columns))) : rows;
  }

  async #read(statement: Statement): Promise<unknown[][]> {
    try {
      return await readLists(this.#db, STATEMENT_MS, statement);
    } catch (error) {
      throw error instanceof StatementTooSlow ? new QueryTooSlow() : error;
    }
  }
}

/** Of test mode: what the filter has; null: the database says what is selected. */
async function namedBy({ mode, selection, createdAt }: ExportOrder): Promise<string[] | null> {
  if (mode === "live" || selection.kind !== "filter") return null;
  return syntheticMatches(selection.filter, Date.parse(createdAt));
}

async function invented(row: ExportRow, columns: string[]): Promise<ExportRow> {
  const cells = await syntheticCells(row.siren);
  if (cells === null) return row;
  return { ...row, cells: columns.map((name, index) => cells.get(name) ?? row.cells[index] ?? null) };
}
