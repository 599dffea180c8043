import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireSession } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";
import { ownSession } from "./account-deps.ts";
import { SessionCursor } from "./session-id.ts";

const MAX_LIMIT = 100;

const SessionPage = z
  .object({
    data: z.array(
      z
        .object({
          id: z.string(),
          current: z.boolean().openapi({ description: "The one that asks" }),
          organisation_id: z.string(),
          mfa: z.boolean(),
          network: z
            .string()
            .nullable()
            .openapi({ description: "Where it was opened: an IPv4 address, or the /64 of an IPv6 one" }),
          user_agent: z.string().nullable(),
          created_at: z.string(),
          last_used_at: z.string().openapi({ description: "The last refresh" }),
          expires_at: z.string(),
        })
        .openapi("Session"),
    ),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  })
  .openapi("SessionPage");

export const listSessionsRoute = createRoute({
  method: "get",
  path: "/api/v2/auth/sessions",
  operationId: "listSessions",
  tags: ["Sign-in"],
  summary: "List your open sessions",
  description: "Newest first, in whichever organisation they were opened.",
  security: [{ session: [] }],
  middleware: [requireSession] as const,
  request: {
    query: closedObject({
      cursor: SessionCursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: { description: "One page of sessions", content: { "application/json": { schema: SessionPage } } },
    ...COMMON_PROBLEMS,
  },
});

export const listSessions: RouteHandler<typeof listSessionsRoute, AppEnv> = async (context) => {
  const { cursor: before = null, limit } = context.req.valid("query");
  const { accounts, now } = context.get("isolate").services;
  const { userId, sessionId } = ownSession(context);
  const at = new Date(now()).toISOString();
  const found = await accounts.sessions.list(userId, { at, before, limit: limit + 1 });
  const data = found.slice(0, limit).map((session) => ({
    id: session.id,
    current: session.id === sessionId,
    organisation_id: session.organisationId,
    mfa: session.mfa,
    network: session.network,
    user_agent: session.userAgent,
    created_at: session.createdAt,
    last_used_at: session.lastUsedAt,
    expires_at: session.expiresAt,
  }));
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
