import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { listNotes as listOf } from "../../../domain/pipeline/list-notes.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, TOO_BROAD } from "../../shared-responses.ts";
import { Note, NoteCursor, noteJson } from "./note-schema.ts";
import { CompanyParams, LimitInput } from "./schema.ts";

const NotePage = z
  .object({ data: z.array(Note), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("NotePage");

export const listNotesRoute = createRoute({
  method: "get",
  path: "/api/v2/companies/{siren}/notes",
  operationId: "listNotes",
  tags: ["Pipeline"],
  summary: "List the organisation's notes on a company",
  description: "Newest first. No other organisation sees them.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: {
    params: CompanyParams,
    query: closedObject({ cursor: NoteCursor.optional(), limit: LimitInput }),
  },
  responses: {
    200: { description: "One page of notes", content: { "application/json": { schema: NotePage } } },
    ...COMMON_PROBLEMS,
    ...TOO_BROAD,
  },
});

export const listNotes: RouteHandler<typeof listNotesRoute, AppEnv> = async (context) => {
  const { cursor = null, limit } = context.req.valid("query");
  const { notes } = context.get("isolate").services.pipeline;
  const { siren } = context.req.valid("param");
  const page = { siren, before: cursor, limit: limit + 1 };
  const found = await listOf(notes, context.get("principal"), page);
  const data = found.slice(0, limit).map(noteJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.note_id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
