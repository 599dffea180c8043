import { z } from "@hono/zod-openapi";
import type { BatchPreview as Preview } from "../../../domain/jobs/intake/preview-batch.ts";
import { ROW_FAULTS, ROW_REMARKS } from "../../../domain/jobs/intake/read-identifier.ts";
import { eurosOf } from "../../../domain/usage/money.ts";

export const BatchPreview = z
  .object({
    rows: z.int().openapi({ description: "Data rows; blank lines are none" }),
    distinct: z.int().openapi({ description: "Companies that would be enriched" }),
    duplicates: z.int().openapi({ description: "Rows that repeat the company of an earlier one" }),
    invalid: z
      .array(
        z.object({
          line: z.int().openapi({ description: "Of the file, from 1; of a list, the place in it" }),
          value: z.string(),
          reason: z.enum(ROW_FAULTS),
        }),
      )
      .openapi({ description: "The first hundred" }),
    invalid_count: z.int(),
    mended: z
      .array(
        z.object({
          line: z.int().openapi({ description: "Of the file, from 1; of a list, the place in it" }),
          value: z.string(),
          siren: z.string(),
          reason: z.enum(ROW_REMARKS),
        }),
      )
      .openapi({
        description:
          "Rows with something mended, a zero that a spreadsheet dropped or a doubtful SIRET, and the SIREN that is asked for: the first hundred",
      }),
    warnings: z.int().openapi({ description: "How many rows that is" }),
    detected: z
      .object({
        encoding: z.enum(["utf-8", "windows-1252"]),
        separator: z.string().nullable().openapi({ description: "null: one column" }),
        header: z.boolean(),
        column: z.string().nullable().openapi({ description: "Its name; null: there is no header" }),
        column_position: z.int().openapi({ description: "From 1" }),
      })
      .nullable()
      .openapi({ description: "How the file was understood; null for a list" }),
    cache_hits: z.int().openapi({ description: "Companies whose data is fresh: nobody would be asked" }),
    cost: z.object({
      credits: z.int().openapi({ description: "At most, of paid sources" }),
      euros: z.number(),
    }),
    budget: z
      .object({
        left_euros: z.number().nullable().openapi({ description: "Of this month; null: no limit" }),
        covers: z.boolean().openapi({ description: "false: the last rows would end as `partial`" }),
      })
      .nullable()
      .openapi({ description: "null: no paid source is named" }),
    eta_seconds: z
      .int()
      .openapi({ description: "As the slowest source and our own capacity allow, if nobody else asks" }),
  })
  .openapi("BatchPreview");

export function batchPreviewJson(preview: Preview): z.infer<typeof BatchPreview> {
  const { totals, layout, budget } = preview;
  return {
    rows: totals.rows,
    distinct: totals.distinct,
    duplicates: totals.duplicates,
    invalid: totals.firstInvalid,
    invalid_count: totals.invalid,
    mended: totals.firstMended,
    warnings: totals.warnings,
    detected: layout && {
      encoding: layout.encoding,
      separator: layout.separator,
      header: layout.column !== null,
      column: layout.column,
      column_position: layout.position,
    },
    cache_hits: preview.cacheHits,
    cost: { credits: preview.credits, euros: eurosOf(preview.micros) },
    budget: budget && {
      left_euros: budget.leftMicros === null ? null : eurosOf(budget.leftMicros),
      covers: budget.covers,
    },
    eta_seconds: preview.etaSeconds,
  };
}
