import { createMiddleware } from "hono/factory";
import { provesHook } from "../../../auth/hook-proof.ts";
import { HOOK_CHANNELS } from "../../../domain/webhooks/hook-channel.ts";
import type { AppEnv } from "../../app-env.ts";
import { readBody } from "../../middleware/json-body.ts";
import { RequestRefused } from "../../request-invalid.ts";

/**
 * Whoever knows the secret of a channel may tell us something on it; to everybody else a channel without a secret is
 * one that does not exist. Comes before anything reads the body as JSON.
 */
export const authenticateHook = createMiddleware<AppEnv>(async (context, next) => {
  const { config, now } = context.get("isolate").services;
  const channel = HOOK_CHANNELS.find((one) => one === context.req.param("channel"));
  const secret = channel === undefined ? undefined : config.hookSecrets[channel];
  if (channel === undefined || secret === undefined) throw new RequestRefused("hooks.channel_unknown");
  const given = { headers: context.req.raw.headers, body: await readBody(context.req) };
  if (!(await provesHook({ channel, secret, now: now() }, given)))
    throw new RequestRefused("hooks.signature_refused");
  await next();
});
