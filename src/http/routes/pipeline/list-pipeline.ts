import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { listPipeline as listEntries } from "../../../domain/pipeline/list-pipeline.ts";
import { PIPELINE_STATUSES } from "../../../domain/pipeline/status.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, TOO_BROAD } from "../../shared-responses.ts";
import {
  cursorInput,
  entryJson,
  LimitInput,
  PipelineEntry,
  placeText,
  readPlace,
  StatusesInput,
} from "./schema.ts";

const PipelinePage = z
  .object({
    data: z.array(PipelineEntry),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
    counts: z
      .record(z.enum(PIPELINE_STATUSES), z.int().min(0))
      .openapi({ description: "Companies of each status, whatever the filter" }),
  })
  .openapi("PipelinePage");

export const listPipelineRoute = createRoute({
  method: "get",
  path: "/api/v2/pipeline",
  operationId: "listPipeline",
  tags: ["Pipeline"],
  summary: "List the companies that have a status",
  description:
    "The newest change first; `company` is null for one that is not stored. Every page has `counts`, from which a board can be drawn with one request per column.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: {
    query: closedObject({
      status: StatusesInput.optional(),
      cursor: cursorInput(readPlace).optional(),
      limit: LimitInput,
    }),
  },
  responses: {
    200: { description: "One page", content: { "application/json": { schema: PipelinePage } } },
    ...COMMON_PROBLEMS,
    ...TOO_BROAD,
  },
});

export const listPipeline: RouteHandler<typeof listPipelineRoute, AppEnv> = async (context) => {
  const { status: statuses = PIPELINE_STATUSES, cursor: after = null, limit } = context.req.valid("query");
  const page = { statuses, after, limit: limit + 1 };
  const { pipeline } = context.get("isolate").services;
  const { entries, counts } = await listEntries(pipeline.statuses, context.get("principal"), page);
  const data = entries.slice(0, limit).map(entryJson);
  const has_more = entries.length > limit;
  const last = has_more ? data.at(-1) : undefined;
  const next_cursor =
    last === undefined ? null : placeText({ changedAt: Date.parse(last.changed_at), siren: last.siren });
  return context.json({ data, next_cursor, has_more, counts }, 200, PRIVATE_JSON);
};
