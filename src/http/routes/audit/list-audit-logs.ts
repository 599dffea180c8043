import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { cursorAfter, placeOf } from "./list-cursor.ts";
import { AuditLogEntry, AuditLogPage, filterOf, FILTERS } from "./schema.ts";
import { settleAudit } from "./settle-audit.ts";

const MAX_LIMIT = 200;

export const listAuditLogsRoute = createRoute({
  method: "get",
  path: "/api/v2/audit-logs",
  operationId: "listAuditLogs",
  tags: ["Audit"],
  summary: "List what was done in the organisation",
  description: "Newest first. Address and user agent are personal data of whoever acted.",
  security: [{ bearer: ["audit:read"] }],
  middleware: [requireScope("audit:read")] as const,
  request: {
    query: closedObject({
      ...FILTERS,
      cursor: z.string().max(100).optional().openapi({ description: "`next_cursor` of the page before" }),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of entries", content: { "application/json": { schema: AuditLogPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listAuditLogs: RouteHandler<typeof listAuditLogsRoute, AppEnv> = async (context) => {
  const { cursor, limit, ...input } = context.req.valid("query");
  const filter = filterOf(context.get("principal").organisationId, input);
  const before = cursor === undefined ? null : await placeOf(filter, cursor);
  if (before === null) await settleAudit(context);
  const { entries } = context.get("isolate").services.audit;
  const found = await entries.newest(filter, { before, limit: limit + 1 });
  const data = found.slice(0, limit).map((entry) => AuditLogEntry.parse(entry));
  const has_more = found.length > limit;
  const last = has_more ? data.at(-1) : undefined;
  const next_cursor = last === undefined ? null : await cursorAfter(filter, last.seq);
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
