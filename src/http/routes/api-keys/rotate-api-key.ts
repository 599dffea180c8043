import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { rotateKey } from "../../../domain/accounts/keys/rotate-key.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { acceptEmptyBody, limitBody } from "../../middleware/json-body.ts";
import {
  BODY_PROBLEMS,
  COMMON_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  RESOURCE_NOT_FOUND,
} from "../../shared-responses.ts";
import { keyActor, keyDeps } from "./key-actor.ts";
import { CreatedApiKey, createdKeyJson, KeyParam } from "./schema.ts";

const DAY = 86_400;

const Body = closedObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(30 * DAY)
    .optional()
    .openapi({
      description: "How long the old key keeps working beside the new one; 0 ends it at once",
      default: DAY,
    }),
}).openapi("RotateApiKeyRequest", { example: { overlap_seconds: DAY } });

export const rotateApiKeyRoute = createRoute({
  method: "post",
  path: "/api/v2/api-keys/{id}/rotate",
  operationId: "rotateApiKey",
  tags: ["API keys"],
  summary: "Replace an API key by a new one",
  description:
    "The new key has the name, scopes, mode and expiry of the old one, which works until the overlap is over and never longer than it would have. A key is rotated once: of concurrent rotations one succeeds. For owners and administrators.",
  security: [{ session: ["keys:write"] }],
  middleware: [requireScope("keys:write"), limitBody(16), acceptEmptyBody, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    params: z.object({ id: KeyParam }),
    query: closedObject({}),
    body: { required: false, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: {
      description: "The new key, shown this once",
      content: { "application/json": { schema: CreatedApiKey } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const rotateApiKey: RouteHandler<typeof rotateApiKeyRoute, AppEnv> = async (context) => {
  const { id } = context.req.valid("param");
  const { overlap_seconds = DAY } = context.req.valid("json");
  const actor = keyActor(context);
  const rotated = await rotateKey(keyDeps(context), actor, { id, overlapSeconds: overlap_seconds });
  pokeAudit(context, actor.principal.organisationId);
  const location = `/api/v2/api-keys/${rotated.apiKey.id}`;
  return context.json(createdKeyJson(rotated), 201, { ...PRIVATE_JSON, location });
};
