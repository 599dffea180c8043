import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { createWebhook, createWebhookRoute } from "./create-webhook.ts";
import { deleteWebhook, deleteWebhookRoute } from "./delete-webhook.ts";
import { getWebhook, getWebhookRoute } from "./get-webhook.ts";
import { getWebhookDelivery, getWebhookDeliveryRoute } from "./get-webhook-delivery.ts";
import { listWebhookDeliveries, listWebhookDeliveriesRoute } from "./list-webhook-deliveries.ts";
import { listWebhooks, listWebhooksRoute } from "./list-webhooks.ts";
import { replayWebhookDelivery, replayWebhookDeliveryRoute } from "./replay-webhook-delivery.ts";
import { rotateWebhookSecret, rotateWebhookSecretRoute } from "./rotate-webhook-secret.ts";
import { testWebhook, testWebhookRoute } from "./test-webhook.ts";
import { updateWebhook, updateWebhookRoute } from "./update-webhook.ts";

export function mountWebhooks(app: OpenAPIHono<AppEnv>): void {
  app.openapi(createWebhookRoute, createWebhook);
  app.openapi(listWebhooksRoute, listWebhooks);
  app.openapi(getWebhookRoute, getWebhook);
  app.openapi(updateWebhookRoute, updateWebhook);
  app.openapi(deleteWebhookRoute, deleteWebhook);
  app.openapi(rotateWebhookSecretRoute, rotateWebhookSecret);
  app.openapi(testWebhookRoute, testWebhook);
  app.openapi(listWebhookDeliveriesRoute, listWebhookDeliveries);
  app.openapi(getWebhookDeliveryRoute, getWebhookDelivery);
  app.openapi(replayWebhookDeliveryRoute, replayWebhookDelivery);
}
