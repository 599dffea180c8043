import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import { type ResultRow, withCompanies } from "../../../domain/jobs/with-companies.ts";
import type { EndedRow, RowPage, TaskSummary } from "../../../domain/jobs/task-access.ts";
import { errorKind } from "../../../lib/error-kind.ts";
import { currentWork } from "../../../observability/work.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { FieldsInput } from "../../field-selection.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { reportError } from "../../report-error.ts";
import { RequestInvalid } from "../../request-invalid.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { textStream } from "../../text-stream.ts";
import { cursorAfter, placeOf } from "../audit/list-cursor.ts";
import { csv, ndjson, type ResultFormat, rowJson } from "./result-format.ts";
import { OutcomeInput, TaskParams, TaskResultRow } from "./schema.ts";

const NDJSON_TYPE = "application/x-ndjson";
const CSV_TYPE = "text/csv";
const JSON_TYPE = "application/json";
const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;
/** Rows whose companies are in memory at once, in all their detail. */
const ROWS_AT_ONCE = 50;

const Query = closedObject({
  outcome: OutcomeInput.optional(),
  fields: FieldsInput.optional().openapi({
    description:
      "Members of the company to keep, comma-separated; a dot reaches inside. In CSV: its columns, after those of the row",
    example: "nom_entreprise,siege.ville,ma_score",
  }),
  cursor: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: "`next_cursor` of the page before; JSON only" }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .optional()
    .openapi({
      description: `JSON only; ${DEFAULT_LIMIT} by default`,
    }),
  after_line: z.coerce.number().int().min(1).max(2_147_483_647).optional().openapi({
    description:
      "NDJSON and CSV only: the rows after this `line` of the file, to go on with a stream that was cut: take the last whole line that came. CSV has no header then",
  }),
  delimiter: nameInput([",", ";"]).optional().openapi({ description: "CSV only; `,` by default" }),
  bom: nameInput(["true", "false"]).optional().openapi({
    description: "CSV only: `true` begins with a byte order mark, for Excel",
  }),
});

const TaskResultPage = z
  .object({
    data: z.array(TaskResultRow),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
  .openapi("TaskResultPage");

export const getTaskResultRoute = createRoute({
  method: "get",
  path: "/api/v2/tasks/{id}/result",
  operationId: "getTaskResult",
  tags: ["Tasks"],
  summary: "Read the rows of a task",
  description:
    "Rows that have ended, in the order of the file: while the task runs those so far, so that a later page may miss rows that ended after it was passed; once it has ended, all. JSON comes in pages; `Accept: application/x-ndjson` and `Accept: text/csv` stream every row in one answer; one that was cut goes on with `after_line`.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: { params: TaskParams, query: Query },
  responses: {
    200: {
      description: "One page of rows, or all; a stream that was cut off has fewer rows than the task counts",
      content: {
        [JSON_TYPE]: { schema: TaskResultPage },
        [NDJSON_TYPE]: { schema: z.string() },
        [CSV_TYPE]: { schema: z.string() },
      },
    },
    ...COMMON_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

type Input = z.output<typeof Query>;

function typeOf(context: Context<AppEnv>): string {
  const supports = [JSON_TYPE, NDJSON_TYPE, CSV_TYPE];
  return accepts(context, { header: "Accept", supports, default: JSON_TYPE });
}

const FOREIGN: Record<string, readonly (keyof Input)[]> = {
  [JSON_TYPE]: ["after_line", "delimiter", "bom"],
  [NDJSON_TYPE]: ["cursor", "limit", "delimiter", "bom"],
  [CSV_TYPE]: ["cursor", "limit"],
};

const FAULTS: Partial<Record<keyof Input, string>> = {
  cursor: "tasks.stream_has_no_pages",
  limit: "tasks.stream_has_no_pages",
  after_line: "tasks.streams_only",
};

/** A parameter that means nothing in this format is a slip: what it asks for would not be done. */
function ensureFits(input: Input, type: string): void {
  const issues = (FOREIGN[type] ?? [])
    .filter((name) => input[name] !== undefined)
    .map((name): z.core.$ZodIssue => {
      const fault = FAULTS[name] ?? "tasks.csv_only";
      return { code: "custom", path: [name], message: fault, params: { fault }, input: input[name] };
    });
  if (issues.length > 0) throw new RequestInvalid(issues, "query");
}

async function rowsOf(context: Context<AppEnv>, task: TaskSummary, page: RowPage): Promise<EndedRow[]> {
  return context.get("isolate").services.jobs.reader.rows(task.id, page);
}

async function filled(context: Context<AppEnv>, task: TaskSummary, rows: EndedRow[]): Promise<ResultRow[]> {
  const { jobs, sectors, now } = context.get("isolate").services;
  return withCompanies({ companies: jobs.engine.companies, sectors, now }, task, rows);
}

async function answerPage(context: Context<AppEnv>, task: TaskSummary, input: Input): Promise<Response> {
  const { outcome = null, limit = DEFAULT_LIMIT, cursor, fields } = input;
  const scope = { organisationId: context.get("principal").organisationId, taskId: task.id, outcome };
  const after = cursor === undefined ? 0 : await placeOf(scope, cursor);
  const found = await rowsOf(context, task, { outcome, after, afterLine: 0, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1)?.rowNo : undefined;
  const next_cursor = last === undefined ? null : await cursorAfter(scope, last);
  const texts: string[] = [];
  for (let at = 0; at < page.length; at += ROWS_AT_ONCE) {
    const rows = await filled(context, task, page.slice(at, at + ROWS_AT_ONCE));
    texts.push(...rows.map((row) => JSON.stringify(rowJson(row, fields))));
  }
  const rest = JSON.stringify({ next_cursor, has_more: last !== undefined });
  return context.body(`{"data":[${texts.join(",")}],${rest.slice(1)}`, 200, PRIVATE_JSON);
}

/** Page by page, the next one when the client has taken the last. */
async function* texts(
  { head, line }: ResultFormat,
  next: (after: number) => Promise<ResultRow[]>,
): AsyncGenerator<string> {
  let text = head;
  let after = 0;
  for (;;) {
    const rows = await next(after);
    text += rows.map(line).join("");
    if (text !== "") yield text;
    const last = rows.at(-1);
    if (last === undefined) return;
    [text, after] = ["", last.row.rowNo];
  }
}

function answerStream(
  context: Context<AppEnv>,
  task: TaskSummary,
  { input, type }: { input: Input; type: string },
) {
  const { outcome = null, fields, delimiter = ",", bom, after_line: afterLine = 0 } = input;
  const whole = type === CSV_TYPE ? csv({ delimiter, bom: bom === "true", fields }) : ndjson(fields);
  // What goes on with a file is written at its end.
  const format = afterLine === 0 ? whole : { ...whole, head: "" };
  const page = { outcome, afterLine, limit: ROWS_AT_ONCE };
  const pieces = texts(format, async (after) =>
    filled(context, task, await rowsOf(context, task, { ...page, after })),
  );
  const { log } = context.get("isolate").services;
  const body = textStream(pieces, (error) => {
    log.event("task_result_cut_off", { task_id: task.id, error: errorKind(error) });
    reportError(error, context);
  });
  const name = `${task.id}.${type === CSV_TYPE ? "csv" : "ndjson"}`;
  return context.body(body, 200, {
    "content-type": `${type}; charset=utf-8`,
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "no-store",
    vary: "accept",
  });
}

export const getTaskResult: RouteHandler<typeof getTaskResultRoute, AppEnv> = async (context) => {
  const input = context.req.valid("query");
  const type = typeOf(context);
  ensureFits(input, type);
  const { reader } = context.get("isolate").services.jobs;
  const task = await reader.find(context.get("principal"), context.req.valid("param").id);
  if (task === null) throw new ResourceNotFound();
  currentWork()?.add({ task_id: task.id });
  return type === JSON_TYPE ? answerPage(context, task, input) : answerStream(context, task, { input, type });
};
