import { z } from "@hono/zod-openapi";
import {
  AIRTABLE_BASE_ID,
  AIRTABLE_TOKEN,
  isAirtableTable,
} from "../../../domain/exports/airtable-target.ts";
import { DEFAULT_COLUMNS } from "../../../domain/exports/columns.ts";
import type { WantedExport } from "../../../domain/exports/create-export.ts";
import { EXPORT_FORMATS, type Selection } from "../../../domain/exports/export.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { CompanyFilterBody } from "../../company-filter-input.ts";
import { idParam } from "../../identifier-schema.ts";
import { COLUMN_NAMES } from "./schema.ts";

function checked(isRight: (text: string) => boolean, fault: string) {
  return z.string().superRefine((text, context) => {
    if (!isRight(text)) context.addIssue({ code: "custom", message: fault, params: { fault } });
  });
}

const AirtableInput = closedObject({
  base_id: checked((text) => AIRTABLE_BASE_ID.test(text), "exports.airtable_base").openapi({
    example: "appA1b2C3d4E5f6G7",
  }),
  table: checked(isAirtableTable, "exports.airtable_table").openapi({ description: "Its name or its id" }),
  token: checked((text) => AIRTABLE_TOKEN.test(text), "exports.airtable_token").openapi({
    description: "Kept encrypted until the export has ended, and never shown",
    format: "password",
  }),
}).openapi("AirtableTarget");

const SOURCES = ["filter", "task_id", "list_id"] as const;

const Body = closedObject(
  {
    format: nameInput(EXPORT_FORMATS),
    filter: CompanyFilterBody.optional().openapi({
      description: "As the search takes it; `{}`: all companies",
    }),
    task_id: idParam("tsk_0mhx2k9f4k7m2q8r5t1v3w6y9")
      .optional()
      .openapi({ description: "Companies of a task: rows that ended `enriched` or `partial` until now" }),
    list_id: idParam("lst_0mhx2k9f4k7m2q8r5t1v3w6y9")
      .optional()
      .openapi({ description: "Companies of a list" }),
    columns: z.array(nameInput(COLUMN_NAMES)).min(1).max(COLUMN_NAMES.length).optional().openapi({
      description:
        "In the order of the file, `siren` always first; GET /api/v2/exports/columns lists them, with those of an export that names none",
    }),
    delimiter: z.enum([",", ";"]).optional().openapi({ description: "csv: `,` unless given" }),
    bom: z.boolean().optional().openapi({ description: "csv: begin with a byte order mark, for Excel" }),
    airtable: AirtableInput.optional(),
    fresh: z.boolean().optional().openapi({
      description: "Make a new file even if the same export was ordered within 30 minutes",
    }),
  },
  { sync: "exports.sync_in_body", limit: "exports.limit" },
);
type Body = z.infer<typeof Body>;

type Fault = [path: PropertyKey[], fault: string];

function faultsOf(body: Body): Fault[] {
  const faults: Fault[] = [];
  if (SOURCES.filter((name) => body[name] !== undefined).length !== 1)
    faults.push([[], "exports.one_selection"]);
  for (const name of ["delimiter", "bom"] as const)
    if (body[name] !== undefined && body.format !== "csv") faults.push([[name], "exports.csv_only"]);
  if (body.format === "airtable" && body.airtable === undefined)
    faults.push([["airtable"], "exports.airtable_missing"]);
  if (body.format !== "airtable" && body.airtable !== undefined)
    faults.push([["airtable"], "exports.airtable_only"]);
  for (const [index, name] of (body.columns ?? []).entries())
    if (body.columns?.indexOf(name) !== index) faults.push([["columns", index], "exports.column_twice"]);
  return faults;
}

export const ExportOrderBody = Body.superRefine((body, context) => {
  for (const [path, fault] of faultsOf(body))
    context.addIssue({ code: "custom", path, message: fault, params: { fault } });
}).openapi("ExportOrder", {
  description: "One of `filter`, `task_id` and `list_id`.",
  oneOf: SOURCES.map((name) => ({ required: [name] })),
  example: { format: "csv", filter: { departement: ["69"], score_min: 60 }, delimiter: ";", bom: true },
});

function selectionOf({ filter, task_id, list_id }: Body): Selection {
  if (task_id !== undefined) return { kind: "task", task_id };
  if (list_id !== undefined) return { kind: "list", list_id };
  return { kind: "filter", filter: filter ?? {} };
}

function columnsOf(named: readonly string[]): string[] {
  return ["siren", ...named.filter((name) => name !== "siren")];
}

/** What a body asks for. */
export function wantedExport(body: Body): WantedExport {
  const { format, columns, delimiter, bom, airtable } = body;
  return {
    format,
    selection: selectionOf(body),
    columns: columnsOf(columns ?? DEFAULT_COLUMNS),
    options: {
      ...(format === "csv" ? { delimiter: delimiter ?? ",", bom: bom ?? false } : {}),
      ...(airtable === undefined ? {} : { airtable: { base_id: airtable.base_id, table: airtable.table } }),
    },
  };
}
