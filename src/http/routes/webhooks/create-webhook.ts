import { createRoute, type RouteHandler } from "@hono/zod-openapi";
import { createEndpoint } from "../../../domain/webhooks/create-endpoint.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { IdempotencyHeaders } from "../../idempotency-headers.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { idempotent } from "../../middleware/idempotent.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, IDEMPOTENCY_PROBLEMS } from "../../shared-responses.ts";
import { CreatedWebhook, createdWebhookJson, DescriptionInput, EventsInput, UrlInput } from "./schema.ts";
import { ensureReachable, webhookActor, webhookDeps } from "./webhook-deps.ts";

const Body = closedObject({
  url: UrlInput,
  events: EventsInput,
  description: DescriptionInput.default(null),
}).openapi("CreateWebhookRequest");

export const createWebhookRoute = createRoute({
  method: "post",
  path: "/api/v2/webhooks",
  operationId: "createWebhook",
  tags: ["Webhooks"],
  summary: "Be told what happens, at an address of yours",
  description:
    "Events are sent and signed as Standard Webhooks 1.0.0 says. The signing secret is in this answer and in no other: keep it. Endpoints that a test key makes hear of the tasks of test keys, and of nothing else. An organisation has 20 live and 20 test endpoints at most.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write"), limitBody(16), requireJson, idempotent()] as const,
  request: {
    headers: IdempotencyHeaders,
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    201: {
      description: "The endpoint, with its secret shown this once",
      content: { "application/json": { schema: CreatedWebhook } },
    },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...IDEMPOTENCY_PROBLEMS,
  },
});

export const createWebhook: RouteHandler<typeof createWebhookRoute, AppEnv> = async (context) => {
  const input = context.req.valid("json");
  ensureReachable(context, input.url);
  const actor = webhookActor(context);
  const created = await createEndpoint(webhookDeps(context), actor, input);
  pokeAudit(context, actor.organisationId);
  const location = `/api/v2/webhooks/${created.endpoint.id}`;
  return context.json(createdWebhookJson(created), 201, { ...PRIVATE_JSON, location });
};
