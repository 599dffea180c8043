import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { CHANGE_KINDS, scoreDelta } from "../../../domain/pipeline/change.ts";
import { FieldChange } from "../../../domain/pipeline/diff-facts.ts";
import { loadList } from "../../../domain/pipeline/load-list.ts";
import type { ListedChange } from "../../../storage/postgres/company-change-repository.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { idParam, SirenInput } from "../../identifier-schema.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { COMMON_PROBLEMS, RESOURCE_NOT_FOUND, TOO_BROAD } from "../../shared-responses.ts";

const MAX_LIMIT = 200;
const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

const Since = z
  .string()
  .transform((text, context) => {
    if (Moment.safeParse(text).success) return new Date(text).toISOString();
    context.addIssue({ code: "custom", message: "since", params: { fault: "changes.since" } });
    return z.NEVER;
  })
  .openapi({
    type: "string",
    description: "Noticed then or later: an instant (RFC 3339), or a day, which begins at midnight UTC",
    example: "2026-11-20T09:00:00Z",
  });

const Cursor = z
  .string()
  .superRefine((text, context) => {
    if (/^chg_[0-9A-Za-z]{1,40}$/.test(text)) return;
    context.addIssue({ code: "custom", message: "cursor", params: { fault: "pipeline.cursor" } });
  })
  .openapi({ description: "`next_cursor` of the page before" });

const score = z.int().min(0).max(100).nullable();

const WatchedChange = z
  .object({
    change_id: z.string().openapi({ example: "chg_0mhx2k9f4k7m2q8r5t1v3w6y9" }),
    siren: z.string().openapi({ example: "552032534" }),
    nom_entreprise: z.string().nullable().openapi({ description: "Its name today" }),
    at: z.iso.datetime().openapi({ description: "When it was noticed" }),
    kind: z.enum(CHANGE_KINDS).openapi({
      description:
        "`appeared`: stored for the first time; `not_comparable`: what its facts were is not kept any more",
    }),
    score_before: score,
    score_after: score,
    score_delta: z.int().nullable().openapi({ description: "null: one of the two is unknown" }),
    changes: z.array(FieldChange).openapi({
      description:
        "`before` and `after` of a value; of a list (`dirigeants`, `etablissements`, `details_financiers`, `evenements`) `added`, `removed` and `changed` entries. Empty when the score alone changed",
    }),
  })
  .openapi("WatchedChange");

const WatchedChangePage = z
  .object({ data: z.array(WatchedChange), next_cursor: z.string().nullable(), has_more: z.boolean() })
  .openapi("WatchedChangePage");

export const listChangesRoute = createRoute({
  method: "get",
  path: "/api/v2/changes",
  operationId: "listChanges",
  tags: ["Pipeline"],
  summary: "List what changed of watched companies",
  description:
    "Newest first, of the last twelve months. Companies of lists with `watched: true` are asked about every night and compared every hour. Those that test keys see are invented and never change.",
  security: [{ bearer: ["companies:read"] }],
  middleware: [requireScope("companies:read")] as const,
  request: {
    query: closedObject({
      siren: SirenInput.optional(),
      list_id: idParam("lst_0mhx2k9f4k7m2q8r5t1v3w6y9").optional().openapi({
        description: "Of the companies that are in this list now",
      }),
      since: Since.optional(),
      cursor: Cursor.optional(),
      limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
    }),
  },
  responses: {
    200: {
      description: "One page of changes",
      content: { "application/json": { schema: WatchedChangePage } },
    },
    ...COMMON_PROBLEMS,
    ...TOO_BROAD,
    ...RESOURCE_NOT_FOUND,
  },
});

function changeJson(change: ListedChange): z.input<typeof WatchedChange> {
  return {
    change_id: change.id,
    siren: change.siren,
    nom_entreprise: change.nomEntreprise,
    at: change.at,
    kind: change.kind,
    score_before: change.scoreBefore,
    score_after: change.scoreAfter,
    score_delta: scoreDelta(change),
    changes: change.fields,
  };
}

export const listChanges: RouteHandler<typeof listChangesRoute, AppEnv> = async (context) => {
  const { siren = null, list_id, since = null, cursor = null, limit } = context.req.valid("query");
  const { changes, lists } = context.get("isolate").services.pipeline;
  const owner = context.get("principal");
  if (list_id !== undefined) await loadList(lists, owner, list_id);
  const filter = { siren, listId: list_id ?? null, since };
  const found = await changes.list(owner, filter, { limit: limit + 1, before: cursor });
  const data = found.slice(0, limit).map(changeJson);
  const has_more = found.length > limit;
  const next_cursor = has_more ? (data.at(-1)?.change_id ?? null) : null;
  return context.json({ data, next_cursor, has_more }, 200, PRIVATE_JSON);
};
