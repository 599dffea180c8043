import type { ResultRow } from "../../../domain/jobs/with-companies.ts";
import { csvRow } from "../../../lib/csv-row.ts";
import { type Selection, selectFields } from "../../field-selection.ts";

/** How a result is written, row by row. */
export interface ResultFormat {
  /** Before the first row. */
  head: string;
  line: (row: ResultRow) => string;
}

export interface CsvOptions {
  delimiter: "," | ";";
  /** For Excel, which takes a file without it for Windows-1252. */
  bom: boolean;
  fields: Selection | undefined;
}

const ROW_COLUMNS = ["line", "input", "siren", "outcome", "reason"] as const;

const DEFAULT_COLUMNS: readonly string[] = [
  "nom_entreprise",
  "statut",
  "code_naf",
  "secteur_activite",
  "categorie_entreprise",
  "date_creation",
  "siege.code_postal",
  "siege.ville",
  "siege.departement",
  "effectif",
  "chiffre_affaires",
  "resultat",
  "annee_comptes",
  "ma_score",
  "last_scraped_at",
];

export function rowJson({ row, company }: ResultRow, fields: Selection | undefined) {
  const { line, input, siren, outcome, reason } = row;
  const base = { line, input, siren, outcome, reason };
  return company === undefined ? base : { ...base, company: selectFields(company, fields) };
}

export function ndjson(fields: Selection | undefined): ResultFormat {
  return { head: "", line: (row) => `${JSON.stringify(rowJson(row, fields))}\n` };
}

/** The paths that a selection ends at, in its order. */
function pathsOf(selection: Selection, prefix = ""): string[] {
  return [...selection].flatMap(([name, below]) =>
    below === null ? [`${prefix}${name}`] : pathsOf(below, `${prefix}${name}.`),
  );
}

function valueAt(value: unknown, [name, ...rest]: string[]): unknown {
  if (name === undefined || value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((entry) => valueAt(entry, [name, ...rest]));
  return valueAt(Reflect.get(value, name), rest);
}

/** Lists and objects are written as JSON. */
function cellOf(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}

/** For spreadsheets: one column per selected path of the company, after those of the row. */
export function csv({ delimiter, bom, fields }: CsvOptions): ResultFormat {
  const chosen = fields === undefined || fields.size === 0 ? DEFAULT_COLUMNS : pathsOf(fields);
  const columns = chosen.filter((path) => path !== "siren");
  const steps = columns.map((path) => path.split("."));
  return {
    head: (bom ? "\uFEFF" : "") + csvRow([...ROW_COLUMNS, ...columns], delimiter),
    line: ({ row, company }) => {
      const own = ROW_COLUMNS.map((name) => row[name]);
      const cells = steps.map((path) => (company === undefined ? null : cellOf(valueAt(company, path))));
      return csvRow([...own, ...cells], delimiter);
    },
  };
}
