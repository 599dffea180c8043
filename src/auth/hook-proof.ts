import { timingSafeEqual } from "node:crypto";
import type { HookChannel } from "../domain/webhooks/hook-channel.ts";
import { sha256Hex } from "../lib/digest.ts";
import { verifyWebhook } from "./webhook-signature.ts";

/** A few secrets' worth; each signature costs one pass over the body. */
const LONGEST_SIGNATURE = 500;

interface Asked {
  channel: HookChannel;
  secret: string;
  /** ms. */
  now: number;
}

/** Whether a request comes from who knows the channel's secret. `body`: exactly as sent. */
export async function provesHook(
  { channel, secret, now }: Asked,
  { headers, body }: { headers: Headers; body: string },
): Promise<boolean> {
  if (channel === "generic") {
    const signed = signedContentOf(headers);
    return signed !== null && verifyWebhook({ ...signed, body }, secret, now);
  }
  const token = tokenOf(headers);
  return token !== null && sameText(await sha256Hex(token), await sha256Hex(secret));
}

/** null: a header is missing, or is none that its sender would write. */
function signedContentOf(headers: Headers): { id: string; timestamp: number; signature: string } | null {
  const id = headers.get("webhook-id") ?? "";
  const timestamp = headers.get("webhook-timestamp") ?? "";
  const signature = headers.get("webhook-signature") ?? "";
  if (id === "" || !/^\d{1,12}$/.test(timestamp) || signature.length > LONGEST_SIGNATURE) return null;
  return { id, timestamp: Number(timestamp), signature };
}

/** Of equal length, as digests are. */
function sameText(one: string, other: string): boolean {
  const encoder = new TextEncoder();
  return timingSafeEqual(encoder.encode(one), encoder.encode(other));
}

/**
 * Pappers signs nothing, and its account takes no more than an address: a token in the userinfo of that address comes
 * as HTTP basic authentication. Never read from the query, which ends up in logs.
 */
function tokenOf(headers: Headers): string | null {
  const own = headers.get("x-hook-token");
  if (own !== null) return own;
  const [, scheme = "", rest = ""] = /^(\w+) +(\S+) *$/.exec(headers.get("authorization") ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return rest;
  return scheme.toLowerCase() === "basic" ? passwordOf(rest) : null;
}

function passwordOf(credentials: string): string | null {
  try {
    const pair = atob(credentials);
    const colon = pair.indexOf(":");
    return colon < 0 ? null : pair.slice(colon + 1);
  } catch {
    return null; // no base64
  }
}
