import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { rotateSecret } from "../../../domain/webhooks/rotate-secret.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody } from "../../middleware/json-body.ts";
import {
  BODY_TOO_LARGE,
  COMMON_PROBLEMS,
  IDEMPOTENCY_PROBLEMS,
  RESOURCE_NOT_FOUND,
} from "../../shared-responses.ts";
import { CreatedWebhook, createdWebhookJson, WebhookParam } from "./schema.ts";
import { webhookActor, webhookDeps } from "./webhook-deps.ts";

export const rotateWebhookSecretRoute = createRoute({
  method: "post",
  path: "/api/v2/webhooks/{id}/rotate-secret",
  operationId: "rotateWebhookSecret",
  tags: ["Webhooks"],
  summary: "Replace the signing secret of an endpoint",
  description:
    "The new secret is in this answer and in no other. For 24 hours every attempt carries a signature of each, the old one too; a second rotation within them drops the older of the two.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write"), limitBody(1), idempotent()] as const,
  request: { headers: IdempotencyHeaders, params: z.object({ id: WebhookParam }), query: closedObject({}) },
  responses: {
    200: {
      description: "The endpoint, with its new secret shown this once",
      content: { "application/json": { schema: CreatedWebhook } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_TOO_LARGE,
    ...RESOURCE_NOT_FOUND,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const rotateWebhookSecret: RouteHandler<typeof rotateWebhookSecretRoute, AppEnv> = async (context) => {
  const actor = webhookActor(context);
  const { id } = context.req.valid("param");
  const operationId = context.get("operationId") ?? null;
  const rotated = await rotateSecret(webhookDeps(context), actor, { id, operationId });
  pokeAudit(context, actor.organisationId);
  return context.json(createdWebhookJson(rotated), 200, PRIVATE_JSON);
};
