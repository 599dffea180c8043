import { errorKind } from "../../lib/error-kind.ts";
import { publicUrlFault } from "../../lib/public-url.ts";
import { type AuditRecord, auditRecord } from "../audit/audit-record.ts";
import { crowdedDelayMs } from "./crowding.ts";
import type { Attempt } from "./delivery.ts";
import type { DisabledReason } from "./endpoint.ts";
import type { AttemptResult, DeliveryDeps, EndpointBusy, LeasedDelivery, ReceiverAnswer } from "./ports.ts";
import { retryDelayMs } from "./retry-schedule.ts";

/** Longer than an attempt and the statements around it can take. */
const LEASE_MS = 60_000;
const GONE = 410;

const USER_AGENT = "ma-intelligence-webhooks/1.0";

const iso = (at: number): string => new Date(at).toISOString();

async function send(
  deps: DeliveryDeps,
  { endpoint, eventId, body }: LeasedDelivery,
): Promise<ReceiverAnswer | { error: "url_refused" }> {
  const { url, id, sealedSecrets } = endpoint;
  if (publicUrlFault(url, deps) !== null) return { error: "url_refused" };
  const secrets = await Promise.all(sealedSecrets.map(async (sealed) => deps.secrets.open(sealed, id)));
  const timestamp = Math.floor(deps.now() / 1_000);
  const headers = {
    "content-type": "application/json",
    "user-agent": USER_AGENT,
    "webhook-id": eventId,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": await deps.sign({ id: eventId, timestamp, body }, secrets),
  };
  return deps.post({ url, headers, body });
}

function resultOf(
  leased: LeasedDelivery,
  answer: ReceiverAnswer | { error: "url_refused" },
  time: { started: number; ended: number; chance: number },
): AttemptResult & { delayMs: number | null } {
  const { started, ended } = time;
  const status = "status" in answer ? answer.status : null;
  const attempt: Attempt = {
    at: iso(started),
    durationMs: ended - started,
    responseStatus: status,
    error: "error" in answer ? answer.error : null,
  };
  const common = { attempt, endedAt: iso(ended), gone: status === GONE };
  if (status !== null && status >= 200 && status < 300)
    return { ...common, status: "delivered", nextAttemptAt: null, delayMs: null };
  const retryAfterMs = "status" in answer ? answer.retryAfterMs : null;
  const failed = { origin: leased.origin, attempts: leased.attempts + 1, retryAfterMs };
  const delayMs = common.gone ? null : retryDelayMs(failed, time.chance);
  if (delayMs === null) return { ...common, status: "failed", nextAttemptAt: null, delayMs };
  return { ...common, status: "pending", nextAttemptAt: iso(ended + delayMs), delayMs };
}

function disabling(
  { now, newId }: DeliveryDeps,
  { endpoint }: LeasedDelivery,
): (reason: DisabledReason) => AuditRecord {
  const context = { origin: { address: null, userAgent: null, requestId: null }, now: now(), newId };
  return (reason) =>
    auditRecord(context, {
      organisationId: endpoint.organisationId,
      actor: { kind: "system", id: null },
      action: "webhook.disabled",
      resource: { kind: "webhook", id: endpoint.id },
      outcome: "success",
      details: { reason },
    });
}

/** What was not sent is sent by the schedule: the delivery says when it is due. */
async function sendLater(deps: DeliveryDeps, id: string, delayMs: number): Promise<void> {
  try {
    await deps.queue.send([{ type: "webhook.deliver", delivery_id: id }], delayMs / 1_000);
  } catch (error) {
    deps.log.event("webhook_retry_not_queued", { delivery_id: id, error: errorKind(error) });
  }
}

/** No attempt was made, so none is counted. */
async function waitInLine(deps: DeliveryDeps, id: string, { waitingSince }: EndpointBusy): Promise<void> {
  const now = deps.now();
  const delayMs = crowdedDelayMs(now - Date.parse(waitingSince), deps.random());
  await deps.deliveries.postpone(id, iso(now), iso(now + delayMs));
  await sendLater(deps, id, delayMs);
}

/**
 * Makes one attempt at a delivery that is due, and settles what comes after it. A message that comes twice makes one
 * attempt. Throws `StorageUnavailable`, and what opening a secret throws: then nothing was recorded, and once the lease
 * is over the delivery is due again.
 */
export async function deliver(deps: DeliveryDeps, id: string): Promise<void> {
  const started = deps.now();
  const leased = await deps.deliveries.lease(id, iso(started), iso(started + LEASE_MS));
  if (leased === null) return;
  if ("waitingSince" in leased) return waitInLine(deps, id, leased);
  const answer = await send(deps, leased);
  const time = { started, ended: deps.now(), chance: deps.random() };
  const { delayMs, ...result } = resultOf(leased, answer, time);
  const { disabled } = await deps.deliveries.recordAttempt(leased, result, disabling(deps, leased));
  deps.log.event("webhook_attempted", {
    delivery_id: id,
    endpoint_id: leased.endpoint.id,
    attempt: leased.attempts + 1,
    status: result.status,
    response_status: result.attempt.responseStatus,
    error: result.attempt.error,
    duration_ms: result.attempt.durationMs,
    since_created_ms: started - Date.parse(leased.createdAt),
  });
  if (disabled) {
    deps.log.event("webhook_disabled", { endpoint_id: leased.endpoint.id });
    await deps.poke(leased.endpoint.organisationId);
  } else if (delayMs !== null) {
    await sendLater(deps, id, delayMs);
  }
}
