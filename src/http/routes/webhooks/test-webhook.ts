import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { testEndpoint } from "../../../domain/webhooks/test-endpoint.ts";
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
import { deliveryDetailJson, WebhookDeliveryDetail, WebhookParam } from "./schema.ts";
import { webhookActor, webhookDeps } from "./webhook-deps.ts";

export const testWebhookRoute = createRoute({
  method: "post",
  path: "/api/v2/webhooks/{id}/test",
  operationId: "testWebhook",
  tags: ["Webhooks"],
  summary: "Send a test event now",
  description:
    "An invented `task.completed`, really signed, is sent once while you wait, whatever events the endpoint listens to. The answer is 200 whether the receiver took it or not: `status` and `last_attempt` say which. A failed test does not count against the endpoint.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write"), limitBody(1), idempotent()] as const,
  request: { headers: IdempotencyHeaders, params: z.object({ id: WebhookParam }), query: closedObject({}) },
  responses: {
    200: {
      description: "What came of the attempt",
      content: { "application/json": { schema: WebhookDeliveryDetail } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_TOO_LARGE,
    ...RESOURCE_NOT_FOUND,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const testWebhook: RouteHandler<typeof testWebhookRoute, AppEnv> = async (context) => {
  const { id } = context.req.valid("param");
  const tested = await testEndpoint(webhookDeps(context), webhookActor(context), id);
  return context.json(deliveryDetailJson(tested), 200, PRIVATE_JSON);
};
