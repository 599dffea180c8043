import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { acceptBatch, type Wanted } from "../../../domain/jobs/intake/accept-task.ts";
import { previewBatch } from "../../../domain/jobs/intake/preview-batch.ts";
import { sha256Hex } from "../../../lib/digest.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS, UPLOAD_PROBLEMS } from "../../shared-responses.ts";
import { TASK_ACCEPTED, taskAccepted } from "../../task-accepted.ts";
import { type BatchInput, batchInput, BatchQuery, LIST_SCHEMA } from "./batch-input.ts";
import { BatchPreview, batchPreviewJson } from "./batch-preview.ts";
import { digestUpload } from "./digest-upload.ts";
import { requestedSources } from "./source-input.ts";
import { acceptDeps, estimateOf, requesterOf } from "./task-order.ts";
import { ensureDeclaredSize, uploadKind } from "./upload-body.ts";

const CSV_EXAMPLE = "siren;raison sociale\n552032534;DANONE\n356000000;LA POSTE\n";

/** Refuses a wrong type and a declared size before anything is read. */
const acceptUpload = createMiddleware<AppEnv>(async (context, next) => {
  ensureDeclaredSize(context.req.raw, uploadKind(context.req.raw));
  await next();
});

export const batchAsyncRoute = createRoute({
  method: "post",
  path: "/api/v2/scraping/batch-async",
  operationId: "enrichBatchAsync",
  tags: ["Enrichment"],
  summary: "Enrich a file of companies",
  description:
    "A CSV (text/csv, or a form with the field `file`; 25 MB) or a list (4 MB), of 100,000 rows at most. Encoding (UTF-8, Windows-1252), separator, header and column are found by themselves; of each row the cell of the identifier is kept for 30 days, 64 characters at most; other columns never. Every row ends once: bad ones as `invalid` with their line, repeated ones as `duplicate`. Blank lines are no rows. `dry_run=true` answers 200 with what it would do and cost.",
  security: [{ bearer: ["enrich:write"] }],
  middleware: [requireScope("enrich:write"), acceptUpload, idempotent({ bodyDigest: digestUpload })] as const,
  request: {
    headers: IdempotencyHeaders,
    query: BatchQuery,
    body: {
      required: true,
      content: {
        "application/json": { schema: LIST_SCHEMA },
        "text/csv": { schema: { type: "string", examples: [CSV_EXAMPLE] } },
        "multipart/form-data": {
          schema: {
            type: "object",
            required: ["file"],
            additionalProperties: false,
            properties: { file: { type: "string", description: "The CSV", examples: [CSV_EXAMPLE] } },
          },
        },
      },
    },
  },
  responses: {
    200: {
      description: "Of a dry run: what the batch would do",
      content: { "application/json": { schema: BatchPreview } },
    },
    ...TASK_ACCEPTED,
    ...COMMON_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
    ...UPLOAD_PROBLEMS,
  },
});

/** The same for the same file under the same `Idempotency-Key`, however often it is sent. */
async function taskIdOf(operation: string | undefined, digest: string): Promise<string | null> {
  if (operation === undefined) return null;
  return `tsk_${operation.slice(0, 9)}${(await sha256Hex(`${operation}\n${digest}`)).slice(0, 16)}`;
}

async function accept(context: Context<AppEnv>, { intake, digest }: BatchInput, wanted: Wanted) {
  const requester = requesterOf(context);
  const orderOf = async (distinct: number) => {
    context.set("bodyDigest", digest());
    const id = await taskIdOf(context.get("operationId"), context.get("bodyDigest") ?? "");
    const estimatedSeconds = estimateOf(context, wanted.sources, distinct);
    return { ...wanted, id: id ?? requester.act.newId("tsk"), estimatedSeconds };
  };
  const accepted = acceptBatch(acceptDeps(context), requester, { intake, orderOf });
  // A client that goes away leaves nothing behind, and a task is created whole.
  context.executionCtx.waitUntil(Promise.allSettled([accepted]));
  const { id, estimatedSeconds } = await accepted;
  pokeAudit(context, requester.principal.organisationId);
  return taskAccepted(id, estimatedSeconds);
}

async function preview(context: Context<AppEnv>, { intake, digest }: BatchInput, wanted: Wanted) {
  const { config, jobs, usage, now } = context.get("isolate").services;
  const { freshCompanies, pace } = jobs;
  const { creditPrices } = config;
  const deps = { freshCompanies, reports: usage.reports, creditPrices, pace, now: now() };
  const found = await previewBatch(deps, context.get("principal"), { intake, wanted });
  context.set("bodyDigest", digest());
  return batchPreviewJson(found);
}

export const batchAsync: RouteHandler<typeof batchAsyncRoute, AppEnv> = async (context) => {
  const { sources: named, max_age, column, dry_run } = context.req.valid("query");
  const { config } = context.get("isolate").services;
  const sources = requestedSources({ sources: named, in: "query" }, config.sources);
  const wanted = { sources, maxAgeMs: max_age === undefined ? null : max_age * 1_000 };
  const input = await batchInput(context, column);
  if (dry_run === "true") return context.json(await preview(context, input, wanted), 200, PRIVATE_JSON);
  const { body, headers } = await accept(context, input, wanted);
  return context.json(body, 202, headers);
};
