import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { SOURCE_NAMES } from "../../../domain/enrichment/source.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ensureBegun, EntryInput, entryJson, MonthInput, StateInput, UsageEntry } from "./schema.ts";

const MAX_LIMIT = 100;

const UsageEntryPage = z
  .object({
    data: z.array(UsageEntry),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
  .openapi("UsageEntryPage");

export const listUsageEntriesRoute = createRoute({
  method: "get",
  path: "/api/v2/usage/entries",
  operationId: "listUsageEntries",
  tags: ["Limits and usage"],
  summary: "List the ledger: one line per call of a paid source",
  description: "Newest first. `month` is that of the reservation.",
  security: [{ bearer: ["usage:read"] }],
  middleware: [requireScope("usage:read")] as const,
  request: {
    query: closedObject({
      month: MonthInput.optional(),
      source: nameInput(SOURCE_NAMES).optional(),
      state: StateInput.optional(),
      cursor: EntryInput.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of lines", content: { "application/json": { schema: UsageEntryPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listUsageEntries: RouteHandler<typeof listUsageEntriesRoute, AppEnv> = async (context) => {
  const { cursor = null, limit, ...filter } = context.req.valid("query");
  const { usage, now } = context.get("isolate").services;
  if (filter.month !== undefined) ensureBegun(filter.month, now());
  const { organisationId } = context.get("principal");
  const found = await usage.reports.entries(organisationId, filter, { limit: limit + 1, after: cursor });
  const data = found.slice(0, limit).map(entryJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
