import type { Context, Next } from "hono";
import { createMiddleware } from "hono/factory";
import { open, seal } from "../../auth/secret-box.ts";
import { KeeperUnreachable } from "../../domain/idempotency/errors.ts";
import { fingerprintOf } from "../../domain/idempotency/fingerprint.ts";
import { parseIdempotencyKey } from "../../domain/idempotency/idempotency-key.ts";
import { type Claim, LEASE_MS } from "../../domain/idempotency/key-record.ts";
import { operationIdOf } from "../../domain/idempotency/operation-id.ts";
import type { Holder } from "../../domain/idempotency/ports.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { errorKind } from "../../lib/error-kind.ts";
import { networkOf } from "../../lib/network.ts";
import type { AppEnv } from "../app-env.ts";
import { clientAddress } from "../client-address.ts";
import { RequestInvalid, RequestRefused } from "../request-invalid.ts";
import { parseStoredAnswer, replay, storeAnswer } from "../stored-answer.ts";

const HEADER = "Idempotency-Key";
const RENEW_EVERY_MS = LEASE_MS / 3;

interface Options {
  /**
   * For a body that is read as a stream: what `bodyDigest` of the context will be after it was read. It is asked for
   * only when the key was used before; the handler sets `bodyDigest`.
   */
  bodyDigest?: (request: Request) => Promise<string>;
}

function keyOf(header: string): string {
  const key = parseIdempotencyKey(header);
  if (key !== null) return key;
  const params = { fault: "idempotency.key" };
  throw new RequestInvalid(
    [{ code: "custom", path: [HEADER], message: "no key", params, input: undefined }],
    "header",
  );
}

/** Keys of one organisation and mode mean nothing in another; without a credential they belong to a network. */
function namespaceOf(context: Context<AppEnv>): string {
  const principal = context.get("principal");
  if (principal !== undefined) return `${principal.organisationId}:${principal.mode}`;
  return `network:${networkOf(clientAddress(context.req.raw) ?? "unknown")}`;
}

async function claim(context: Context<AppEnv>, holder: Holder): Promise<Claim> {
  try {
    return await context.get("isolate").services.idempotency.claim(holder);
  } catch (error) {
    if (!(error instanceof KeeperUnreachable)) throw error;
    throw new RequestRefused("idempotency.unavailable", { "retry-after": "2" });
  }
}

async function fingerprint(context: Context<AppEnv>, bodyDigest: string): Promise<string> {
  const { pathname, search } = new URL(context.req.url);
  return fingerprintOf({ method: context.req.method, path: pathname, query: search.slice(1), bodyDigest });
}

async function digestText(context: Context<AppEnv>): Promise<string> {
  return sha256Hex(await context.req.text());
}

/** A request that takes long keeps its key; when the Worker dies, so does this. */
async function renewUntil(context: Context<AppEnv>, holder: Holder, over: AbortSignal): Promise<void> {
  const { idempotency, log } = context.get("isolate").services;
  for (;;) {
    try {
      await scheduler.wait(RENEW_EVERY_MS, { signal: over });
    } catch {
      return;
    }
    await idempotency.renew(holder).catch((error: unknown) => {
      log.event("idempotency_not_renewed", {
        request_id: context.get("requestId"),
        error: errorKind(error),
      });
    });
  }
}

/**
 * Keeps the answer, or frees the key of a request that failed: after a refusal nothing was created, after a fault of
 * ours something may have been. The answer goes out whatever becomes of this: the work is done.
 */
async function settle(
  context: Context<AppEnv>,
  holder: Holder,
  bodyDigest: string | undefined,
): Promise<void> {
  const { idempotency, accounts, log } = context.get("isolate").services;
  const { status } = context.res;
  const complain = (error: string): void =>
    log.event("idempotency_not_stored", { request_id: context.get("requestId"), status, error });
  try {
    if (status >= 400) return await idempotency.release(holder, status >= 500 ? "in_doubt" : "refused");
    if (bodyDigest === undefined) return complain("no digest");
    const request = {
      fingerprint: await fingerprint(context, bodyDigest),
      spent: context.get("spent") ?? {},
    };
    const answer = await storeAnswer(context.res, request);
    if (answer === null) {
      complain("too long");
      return await idempotency.release(holder, "in_doubt");
    }
    const sealed = await seal(accounts.keyring, answer, holder.name);
    if (!(await idempotency.complete(holder, sealed))) complain("lease lost");
  } catch (error) {
    complain(error instanceof KeeperUnreachable ? error.kind : errorKind(error));
  }
}

async function carryOut(context: Context<AppEnv>, next: Next, holder: Holder): Promise<void> {
  const over = new AbortController();
  const renewing = renewUntil(context, holder, over.signal);
  try {
    await next();
  } finally {
    over.abort();
    await renewing;
  }
  await settle(context, holder, context.get("bodyDigest"));
}

/**
 * A request with an `Idempotency-Key` is carried out once and then answered from what was kept: docs/idempotency.md. To
 * be mounted after what checks the scope, the size and the type of the body; what is refused before takes no key.
 */
export function idempotent({ bodyDigest: digestStream }: Options = {}) {
  return createMiddleware<AppEnv>(async (context, next) => {
    const header = context.req.header(HEADER);
    if (header === undefined) return next();
    const { accounts } = context.get("isolate").services;
    const name = `idem:v1:${namespaceOf(context)}:${await sha256Hex(keyOf(header))}`;
    const holder = { name, leaseId: crypto.randomUUID() };
    if (digestStream === undefined) context.set("bodyDigest", await digestText(context));
    const claimed = await claim(context, holder);
    if (claimed.state === "in_flight") {
      const seconds = Math.max(1, Math.ceil(claimed.retryAfterMs / 1_000));
      throw new RequestRefused("idempotency.in_flight", { "retry-after": String(seconds) });
    }
    if (claimed.state === "done") {
      const kept = parseStoredAnswer(await open(accounts.keyring, claimed.answer, name));
      const digest = context.get("bodyDigest") ?? (await digestStream?.(context.req.raw)) ?? "";
      if (kept.fingerprint !== (await fingerprint(context, digest)))
        throw new RequestRefused("idempotency.mismatch");
      context.set("spent", kept.spent);
      return replay(kept);
    }
    const known = await fingerprint(context, context.get("bodyDigest") ?? "");
    context.set("operationId", await operationIdOf(claimed.seed, known));
    const work = carryOut(context, next, holder);
    // A client that goes away and asks again must find the answer, not a request that was broken off.
    context.executionCtx.waitUntil(work);
    return work;
  });
}
