import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { cursorAfter, placeOf } from "./list-cursor.ts";
import { AuditAnchorPage } from "./schema.ts";

/** An anchor holds up to 10,000 hashes. */
const MAX_LIMIT = 20;

export const listAnchorsRoute = createRoute({
  method: "get",
  path: "/api/v2/audit-logs/anchors",
  operationId: "listAuditAnchors",
  tags: ["Audit"],
  summary: "List the signed anchors of the log",
  description:
    "Oldest first, as they are archived. With an export and public keys that were noted earlier they prove it offline: docs/audit.md.",
  security: [{ bearer: ["audit:read"] }],
  middleware: [requireScope("audit:read")] as const,
  request: {
    query: closedObject({
      cursor: z.string().max(100).optional().openapi({ description: "`next_cursor` of the page before" }),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(10),
    }),
  },
  responses: {
    200: {
      description: "One page of anchors",
      content: { "application/json": { schema: AuditAnchorPage } },
    },
    ...COMMON_PROBLEMS,
  },
});

export const listAnchors: RouteHandler<typeof listAnchorsRoute, AppEnv> = async (context) => {
  const { cursor, limit } = context.req.valid("query");
  const { organisationId } = context.get("principal");
  const { archive } = context.get("isolate").services.audit;
  const list = { organisationId, list: "anchors" };
  const after = cursor === undefined ? 0 : await placeOf(list, cursor);
  const ends = await archive.list(organisationId, after + 1, limit + 1);
  const page = ends.slice(0, limit);
  const found = await Promise.all(page.map(async (to) => archive.load(organisationId, to)));
  const data = found.filter((anchor) => anchor !== null && anchor !== "unreadable");
  const has_more = ends.length > limit;
  const last = has_more ? page.at(-1) : undefined;
  const next_cursor = last === undefined ? null : await cursorAfter(list, last);
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
