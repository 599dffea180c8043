import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { changeEndpoint } from "../../../domain/webhooks/change-endpoint.ts";
import { ENDPOINT_STATUSES } from "../../../domain/webhooks/endpoint.ts";
import { pokeAudit } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject, nameInput } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { BODY_PROBLEMS, COMMON_PROBLEMS, RESOURCE_NOT_FOUND } from "../../shared-responses.ts";
import { DescriptionInput, EventsInput, UrlInput, Webhook, webhookJson, WebhookParam } from "./schema.ts";
import { ensureReachable, webhookActor, webhookDeps } from "./webhook-deps.ts";

const Body = closedObject(
  {
    url: UrlInput.optional(),
    events: EventsInput.optional(),
    description: DescriptionInput.optional(),
    status: nameInput(ENDPOINT_STATUSES).optional(),
  },
  { secret: "webhooks.secret_fixed" },
)
  .superRefine((change, context) => {
    if (Object.values(change).some((value) => value !== undefined)) return;
    context.addIssue({ code: "custom", message: "empty", params: { fault: "webhooks.nothing_to_change" } });
  })
  .openapi("UpdateWebhookRequest", { example: { status: "active" } });

export const updateWebhookRoute = createRoute({
  method: "patch",
  path: "/api/v2/webhooks/{id}",
  operationId: "updateWebhook",
  tags: ["Webhooks"],
  summary: "Change, disable or enable an endpoint",
  description:
    "What is left out stays. Disabling fails the deliveries that were to come; they can be replayed. Enabling forgets the failures there were.",
  security: [{ bearer: ["webhooks:write"] }],
  middleware: [requireScope("webhooks:write"), limitBody(16), requireJson] as const,
  request: {
    params: z.object({ id: WebhookParam }),
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: Body } } },
  },
  responses: {
    200: { description: "The endpoint, changed", content: { "application/json": { schema: Webhook } } },
    ...COMMON_PROBLEMS,
    ...BODY_PROBLEMS,
    ...RESOURCE_NOT_FOUND,
  },
});

export const updateWebhook: RouteHandler<typeof updateWebhookRoute, AppEnv> = async (context) => {
  const change = context.req.valid("json");
  if (change.url !== undefined) ensureReachable(context, change.url);
  const actor = webhookActor(context);
  const { id } = context.req.valid("param");
  const endpoint = await changeEndpoint(webhookDeps(context), actor, { ...change, id });
  pokeAudit(context, actor.organisationId);
  return context.json(webhookJson(endpoint), 200, PRIVATE_JSON);
};
