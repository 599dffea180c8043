import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { HOOK_CHANNELS, type HookChannel } from "../../../domain/webhooks/hook-channel.ts";
import { dedupeKeyOf } from "../../../domain/webhooks/inbound/dedupe-key.ts";
import { type Notification, readNotification } from "../../../domain/webhooks/inbound/notification.ts";
import { receiveNotification } from "../../../domain/webhooks/inbound/receive-notification.ts";
import { newId } from "../../../lib/new-id.ts";
import { randomBytes } from "../../../lib/random-bytes.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { limitBody, requireJson } from "../../middleware/json-body.ts";
import { RequestInvalid } from "../../request-invalid.ts";
import { BODY_PROBLEMS, HOOK_UNKNOWN, OPEN_PROBLEMS } from "../../shared-responses.ts";
import { authenticateHook } from "./authenticate-hook.ts";

const MAX_KIB = 1_024;

const HookBody = z.unknown().openapi("HookNotification", {
  description:
    "Channel `generic`: `{type, timestamp, data}` with one `siren` or several `sirens` in `data`. Channel `pappers`: a notification of Pappers' surveillance, or a list of them. Only SIRENs, the type and the names of what changed are kept.",
  example: {
    type: "company.changed",
    timestamp: "2026-11-20T09:30:00Z",
    data: { siren: "912345675" },
  },
});

const ReceivedHook = z
  .object({
    id: z.string().openapi({ example: "inb_0mi7x3k2q4t8w1z5c9v6b0n2m" }),
    status: z.enum(["received", "processed", "failed"]),
  })
  .openapi("ReceivedHook");

export const receiveHookRoute = createRoute({
  method: "post",
  path: "/api/v2/hooks/{channel}",
  operationId: "receiveHook",
  tags: ["Webhooks"],
  summary: "Tell us that companies changed",
  description:
    "For providers. Channel `generic` signs as Standard Webhooks does (`webhook-id`, `webhook-timestamp`, `webhook-signature`, at most 300 s old); channel `pappers` sends its token as `Authorization: Bearer`, as `X-Hook-Token`, or as the password of HTTP basic authentication. Answered at once; the companies that are stored are refreshed from the free sources within minutes, others are left alone. The same notification again gets the same `id`.",
  security: [],
  middleware: [limitBody(MAX_KIB), authenticateHook, requireJson] as const,
  request: {
    params: z.object({ channel: z.enum(HOOK_CHANNELS).openapi({ example: "generic" }) }),
    query: closedObject({}),
    body: { required: true, content: { "application/json": { schema: HookBody } } },
  },
  responses: {
    202: {
      description: "Kept; to be processed",
      content: { "application/json": { schema: ReceivedHook } },
    },
    ...OPEN_PROBLEMS,
    ...BODY_PROBLEMS,
    ...HOOK_UNKNOWN,
  },
});

/** Throws `RequestInvalid`, by the field that keeps it from being one. */
function notificationOf(channel: HookChannel, body: unknown): Notification {
  const read = readNotification(channel, body);
  if (read.ok) return read.notification;
  const { path, fault } = read;
  const issue = { code: "custom", path, message: fault, params: { fault }, input: undefined } as const;
  throw new RequestInvalid([issue], "body");
}

export const receiveHook: RouteHandler<typeof receiveHookRoute, AppEnv> = async (context) => {
  const { jobs, webhooks, log, now } = context.get("isolate").services;
  const { channel } = context.req.valid("param");
  const notification = notificationOf(channel, context.req.valid("json"));
  const sentId = context.req.header("webhook-id") ?? null;
  const at = now();
  const event = {
    ...notification,
    id: newId("inb", at, randomBytes),
    channel,
    dedupeKey: await dedupeKeyOf(channel, { sentId, body: await context.req.text(), at }),
    receivedAt: new Date(at).toISOString(),
  };
  const announce = async (inbound_id: string) => jobs.queues.send([{ type: "hook.received", inbound_id }]);
  const received = await receiveNotification({ inbound: webhooks.inbound, announce, log }, event);
  return context.json(received, 202, PRIVATE_JSON);
};
