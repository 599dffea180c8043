import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { ResourceNotFound } from "../../../domain/accounts/errors.ts";
import { Company } from "../../../domain/companies/company.ts";
import { SourceName } from "../../../domain/enrichment/source.ts";
import type { TaskProgress } from "../../../domain/jobs/ports.ts";
import { OUTCOMES, TASK_STATUSES, TASK_TYPES } from "../../../domain/jobs/task.ts";
import type { TaskSummary as DomainSummary } from "../../../domain/jobs/task-access.ts";
import type { TaskActor } from "../../../domain/jobs/cancel-task.ts";
import { currentWork } from "../../../observability/work.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { nameInput } from "../../closed-object.ts";

const EXAMPLE_ID = "tsk_0mhx2k9f4k7m2q8r5t1v3w6y9";
const ID = /^tsk_[0-9A-Za-z]{1,40}$/;
/** One that no task has. */
const NOBODY = "";

/** Whatever is no id of a task answers 404, like an id that no task has. */
export const TaskParam = z
  .string()
  .transform((text) => (ID.test(text) ? text : NOBODY))
  .openapi({ type: "string", example: EXAMPLE_ID });

export const TaskParams = z.object({ id: TaskParam });

export const TaskCursor = z
  .string()
  .superRefine((text, context) => {
    if (ID.test(text)) return;
    context.addIssue({ code: "custom", message: "cursor", params: { fault: "tasks.cursor" } });
  })
  .openapi({ description: "`next_cursor` of the page before" });

export const OutcomeInput = nameInput(OUTCOMES);

const count = z.int().min(0);
const instant = z.iso.datetime();

const TaskCounts = z
  .object({
    enriched: count,
    partial: count.openapi({
      description: "Known, but not by every source that was asked: `reason` says which",
    }),
    not_found: count,
    invalid: count.openapi({ description: "No SIREN: `reason` says why" }),
    duplicate: count.openapi({
      description: "The same company as in an earlier row, which was not asked again",
    }),
    upstream_error: count,
    rate_limited: count,
    cancelled: count,
  })
  .meta({ id: "TaskCounts", description: "Rows that have ended, by outcome" });

const taskBase = {
  task_id: z.string().openapi({ example: EXAMPLE_ID }),
  parent_id: z
    .string()
    .nullable()
    .openapi({ description: "The task whose failed rows this one tries again" }),
  type: z.enum(TASK_TYPES),
  mode: z.enum(["live", "test"]),
  status: z.enum(TASK_STATUSES),
  rows: count.openapi({ description: "Data rows of the file" }),
};

const taskMoments = {
  created_at: instant,
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
  cancel_requested_at: instant.nullable(),
  failure: z.string().nullable().openapi({ description: "Why the task as a whole failed" }),
};

export const TaskStatus = z
  .object({
    ...taskBase,
    counts: TaskCounts.openapi({ description: "Once completed or cancelled they add up to `rows`" }),
    rate_per_second: z.number().openapi({ description: "Rows of the last minute" }),
    eta_seconds: z.int().nullable().openapi({ description: "null: not known yet" }),
    ...taskMoments,
  })
  .openapi("TaskStatus");

export const TaskSummary = z
  .object({
    ...taskBase,
    sources: z.array(SourceName),
    counts: TaskCounts.nullable().openapi({ description: "null until it ends: see its status" }),
    ...taskMoments,
  })
  .openapi("TaskSummary");

export const TaskResultRow = z
  .object({
    line: z.int().openapi({ description: "Of the file, where the row begins", example: 2 }),
    input: z.string().openapi({ description: "As the file had it", example: "552 032 534" }),
    siren: z.string().nullable().openapi({ example: "552032534" }),
    outcome: z.enum(OUTCOMES),
    reason: z.string().nullable().openapi({
      description:
        "Why it ended so; of a row that needs no reason, what was mended in it: `leading_zero_restored` or `siret_check_digit`",
    }),
    company: Company.optional().openapi({
      description: "Of rows that are `enriched` or `partial`: as it is stored now, without contacts",
    }),
  })
  .openapi("TaskResultRow");

export function taskSummaryJson(task: DomainSummary): z.input<typeof TaskSummary> {
  return {
    task_id: task.id,
    parent_id: task.parentId,
    type: task.type,
    mode: task.mode,
    status: task.status,
    rows: task.rows,
    sources: task.sources,
    counts: task.counts,
    created_at: task.createdAt,
    started_at: task.startedAt,
    finished_at: task.finishedAt,
    cancel_requested_at: task.cancelRequestedAt,
    failure: task.failure,
  };
}

/** A task that the caller may see, as it is now. Throws `ResourceNotFound`. */
export async function progressOfTask(context: Context<AppEnv>, id: string): Promise<TaskProgress> {
  const { organisationId, mode } = context.get("principal");
  const { progress } = context.get("isolate").services.jobs;
  const found = id === NOBODY ? null : await progress.read(organisationId, id);
  if (found === null || (mode === "test" && found.mode !== "test")) throw new ResourceNotFound();
  currentWork()?.add({ task_id: id });
  return found;
}

export function taskActor(context: Context<AppEnv>): TaskActor {
  return { principal: context.get("principal"), context: actContext(context) };
}
