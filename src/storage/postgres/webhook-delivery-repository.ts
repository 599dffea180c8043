import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import {
  ATTEMPT_ERRORS,
  type Attempt,
  type Delivery,
  DELIVERY_ORIGINS,
  DELIVERY_STATUSES,
  type DeliveryDetail,
} from "../../domain/webhooks/delivery.ts";
import { MAX_UNDER_WAY } from "../../domain/webhooks/crowding.ts";
import type { DisabledReason } from "../../domain/webhooks/endpoint.ts";
import type {
  AttemptResult,
  DeliveryStore,
  EndpointBusy,
  LeasedDelivery,
  PageOfDeliveries,
} from "../../domain/webhooks/ports.ts";
import { EVENT_TYPES, eventBody, type WebhookEvent } from "../../domain/webhooks/webhook-event.ts";
import { workedFor } from "../../observability/worked-for.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock, type Statement, transact } from "./database.ts";

const Id = z.object({ id: z.string() });

const Leased = z.object({
  id: z.string(),
  created_at: z.date(),
  origin: z.enum(DELIVERY_ORIGINS),
  attempts: z.int(),
  event_id: z.string(),
  body: z.string(),
  endpoint_id: z.string(),
  organisation_id: z.string(),
  url: z.string(),
  secret: z.string(),
  previous_secret: z.string().nullable(),
});
/** Without a lease when the endpoint is busy. */
const LeaseRow = z.union([Leased, z.object({ id: z.null(), created_at: z.date() })]);

const AttemptRow = z.object({
  at: z.string(),
  duration_ms: z.int(),
  response_status: z.int().nullable(),
  error: z.enum(ATTEMPT_ERRORS).nullable(),
});

const Row = z.object({
  id: z.string(),
  endpoint_id: z.string(),
  event_id: z.string(),
  type: z.enum(EVENT_TYPES),
  origin: z.enum(DELIVERY_ORIGINS),
  status: z.enum(DELIVERY_STATUSES),
  attempts: z.int(),
  last_attempt: AttemptRow.nullable(),
  next_attempt_at: z.date().nullable(),
  created_at: z.date(),
  finished_at: z.date().nullable(),
});
const DetailRow = Row.extend({ body: z.string(), attempt_rows: z.array(AttemptRow) });

const PENDING_OF = `
select id from webhook_deliveries
where event_id = $1 and origin = 'event' and status = 'pending' and attempts = 0`;

/** One lease of an endpoint at a time: the next one counts it. The endpoint before its deliveries, as everywhere. */
const LOCK = `
select id from webhook_endpoints
where id = (select endpoint_id from webhook_deliveries where id = $1) for no key update`;

/** A second of tolerance: queues count delays by another clock. */
const LEASE = `
with due as (
  select d.id, d.created_at, e.status, d.origin <> 'test' and (
    select count(*) from webhook_deliveries o
    where o.endpoint_id = e.id and o.status = 'pending' and o.leased_until > $2::timestamptz) >= $4 as busy
  from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
  where d.id = $1 and d.status = 'pending' and d.next_attempt_at <= $2::timestamptz + interval '1 second'
    and (d.leased_until is null or d.leased_until <= $2::timestamptz)
  for update of d),
dropped as (
  update webhook_deliveries d set status = 'failed', next_attempt_at = null, finished_at = $2::timestamptz
  from due where d.id = due.id and due.status <> 'active'),
leased as (
  update webhook_deliveries d set leased_until = $3::timestamptz
  from due where d.id = due.id and due.status = 'active' and not due.busy
  returning d.id, d.origin, d.attempts, d.event_id, d.endpoint_id)
select l.*, v.body, e.organisation_id, e.url, e.secret,
  case when e.previous_secret_until > $2::timestamptz then e.previous_secret end as previous_secret,
  due.created_at
from due left join leased l on l.id = due.id left join webhook_endpoints e on e.id = l.endpoint_id
left join webhook_events v on v.id = l.event_id
where due.status = 'active'`;

const POSTPONE = `
update webhook_deliveries set next_attempt_at = $3::timestamptz
where id = $1 and status = 'pending' and (leased_until is null or leased_until <= $2::timestamptz)`;

/** Only of whoever still has the lease. */
const RECORD = `
with ended as (
  update webhook_deliveries set attempts = attempts + 1, status = $3, next_attempt_at = $4::timestamptz,
    leased_until = null, finished_at = case when $3 <> 'pending' then $5::timestamptz end
  where id = $1 and status = 'pending' and leased_until = $2::timestamptz
  returning id, attempts)
insert into webhook_attempts (delivery_id, attempt, at, duration_ms, response_status, error)
select id, attempts, $6::timestamptz, $7::int, $8::smallint, $9 from ended`;

const RECOVERED =
  "update webhook_endpoints set failing_since = null where id = $1 and url = $2 and failing_since is not null";

/** Failures that lie further apart than the longest pause of the schedule are not one spell. */
const FAILING = `
update webhook_endpoints set last_failure_at = $2::timestamptz,
  failing_since = case when last_failure_at < $2::timestamptz - interval '12 hours' then $2::timestamptz
    else coalesce(failing_since, $2::timestamptz) end
where id = $1 and status = 'active' and url = $3`;

const DISABLED = `off as (
  update webhook_endpoints set status = 'disabled', disabled_reason = $3, updated_at = $2::timestamptz
  where id = $1 and status = 'active' and url = $5 and ($4::boolean or failing_since <= $2::timestamptz - interval '5 days')
  returning id)`;

const DROPPED = `dropped as (
  update webhook_deliveries d set status = 'failed', next_attempt_at = null, finished_at = $2::timestamptz
  from off where d.endpoint_id = off.id and d.status = 'pending')`;

const CREATE_TEST = `
with listening as (
  select id from webhook_endpoints where id = $6 and organisation_id = $2 and mode = $8 and status = 'active'),
written as (
  insert into webhook_events (id, organisation_id, type, created_at, body)
  select $1, $2, $3, $4::timestamptz, $5 from listening returning id)
insert into webhook_deliveries (id, event_id, endpoint_id, origin, status, next_attempt_at, created_at)
select $7, written.id, $6, 'test', 'pending', $4::timestamptz, $4::timestamptz from written
returning id`;

const REPLAY = `
insert into webhook_deliveries (id, event_id, endpoint_id, origin, status, next_attempt_at, created_at)
select $3, d.event_id, d.endpoint_id, 'replay', 'pending', $4::timestamptz, $4::timestamptz
from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
where d.id = $1 and e.id = $2 and e.status = 'active'
returning id`;

/** As JSON: moments would be strings of another format. */
const ATTEMPT = `jsonb_build_object(
  'at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'duration_ms', a.duration_ms,
  'response_status', a.response_status, 'error', a.error)`;

const COLUMNS = `d.id, d.endpoint_id, d.event_id, v.type, d.origin, d.status, d.attempts, d.next_attempt_at,
  d.created_at, d.finished_at,
  (select ${ATTEMPT} from webhook_attempts a where a.delivery_id = d.id order by a.attempt desc limit 1) as last_attempt`;

const LIST = `
select ${COLUMNS} from webhook_deliveries d join webhook_events v on v.id = d.event_id
where d.endpoint_id = $1 and ($2::text is null or d.status = $2)
  and ($3::timestamptz is null or (d.created_at, d.id) < ($3::timestamptz, $4))
order by d.created_at desc, d.id desc limit $5`;

const FIND = `
select ${COLUMNS}, v.body, coalesce((select jsonb_agg(${ATTEMPT} order by a.attempt)
  from webhook_attempts a where a.delivery_id = d.id), '[]') as attempt_rows
from webhook_deliveries d join webhook_events v on v.id = d.event_id
where d.endpoint_id = $1 and d.id = $2`;

/** However many wait for one endpoint, there is room for those of the others. */
const OVERDUE = `
select late.id from webhook_endpoints e cross join lateral (
  select id, next_attempt_at from webhook_deliveries d
  where d.endpoint_id = e.id and d.status = 'pending' and d.next_attempt_at < $1::timestamptz
    and (d.leased_until is null or d.leased_until < $1::timestamptz)
  order by d.next_attempt_at limit 50) late
order by late.next_attempt_at limit $2`;

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

const idsOf = (rows: unknown[]): string[] => rows.map((row) => Id.parse(row).id);

function attemptOf(row: z.infer<typeof AttemptRow>): Attempt {
  return {
    at: row.at,
    durationMs: row.duration_ms,
    responseStatus: row.response_status,
    error: row.error,
  };
}

function deliveryOf(row: z.infer<typeof Row>): Delivery {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.type,
    origin: row.origin,
    status: row.status,
    attemptCount: row.attempts,
    lastAttempt: row.last_attempt === null ? null : attemptOf(row.last_attempt),
    nextAttemptAt: iso(row.next_attempt_at),
    createdAt: row.created_at.toISOString(),
    finishedAt: iso(row.finished_at),
  };
}

function leasedOf(row: z.infer<typeof Leased>, until: string): LeasedDelivery {
  const { secret, previous_secret } = row;
  return {
    id: row.id,
    origin: row.origin,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
    until,
    eventId: row.event_id,
    body: row.body,
    endpoint: {
      id: row.endpoint_id,
      organisationId: row.organisation_id,
      url: row.url,
      sealedSecrets: previous_secret === null ? [secret] : [secret, previous_secret],
    },
  };
}

function recordStatement(leased: LeasedDelivery, result: AttemptResult): Statement {
  const { attempt, status, nextAttemptAt, endedAt } = result;
  const { at, durationMs, responseStatus, error } = attempt;
  const outcome = [status, nextAttemptAt, endedAt];
  return {
    text: RECORD,
    params: [leased.id, leased.until, ...outcome, at, durationMs, responseStatus, error],
  };
}

export class WebhookDeliveryRepository implements DeliveryStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async pendingOf(eventId: string): Promise<string[]> {
    return idsOf(await query(this.#db, PENDING_OF, [eventId]));
  }

  async lease(id: string, now: string, until: string): Promise<LeasedDelivery | EndpointBusy | null> {
    const lease = { text: LEASE, params: [id, now, until, MAX_UNDER_WAY] };
    const [row] = await queryAfterLock(this.#db, { text: LOCK, params: [id] }, lease);
    if (row === undefined) return null;
    const found = LeaseRow.parse(row);
    if (found.id === null) return { waitingSince: found.created_at.toISOString() };
    workedFor(found.organisation_id);
    return leasedOf(found, until);
  }

  async postpone(id: string, now: string, at: string): Promise<void> {
    await query(this.#db, POSTPONE, [id, now, at]);
  }

  /** The endpoint before its deliveries, here as everywhere: two that end at once do not wait for one another. */
  async recordAttempt(
    leased: LeasedDelivery,
    result: AttemptResult,
    record: (reason: DisabledReason) => AuditRecord,
  ): Promise<{ disabled: boolean }> {
    const { id, url } = leased.endpoint;
    const { endedAt, gone, status } = result;
    if (status === "delivered") {
      await transact(this.#db, [{ text: RECOVERED, params: [id, url] }, recordStatement(leased, result)]);
      return { disabled: false };
    }
    // Whoever tries an address by hand may fail: that says nothing of how it takes events.
    const counted = leased.origin !== "test";
    const reason: DisabledReason = gone ? "gone" : "failing";
    const params = [id, endedAt, reason, gone, url];
    const off = audited({ text: "select id from off", params }, record(reason), [DISABLED, DROPPED]);
    const rows = await transact(this.#db, [
      ...(counted ? [{ text: FAILING, params: [id, endedAt, url] }] : []),
      recordStatement(leased, result),
      ...(counted || gone ? [off] : []),
    ]);
    return { disabled: (counted || gone) && rows.length > 0 };
  }

  async createTest(
    event: WebhookEvent,
    { id, endpointId }: { id: string; endpointId: string },
  ): Promise<boolean> {
    const own = [event.id, event.organisationId, event.type, event.at, eventBody(event)];
    return (await query(this.#db, CREATE_TEST, [...own, endpointId, id, event.mode])).length > 0;
  }

  async replay(
    from: { id: string; endpointId: string },
    next: { id: string; at: string },
    record: AuditRecord,
  ): Promise<boolean> {
    const params = [from.id, from.endpointId, next.id, next.at];
    const replayed = audited({ text: REPLAY, params }, record);
    return (await query(this.#db, replayed.text, replayed.params)).length > 0;
  }

  async list(endpointId: string, { status, limit, after }: PageOfDeliveries): Promise<Delivery[]> {
    const place = [after?.createdAt ?? null, after?.id ?? null];
    const rows = await query(this.#db, LIST, [endpointId, status, ...place, limit]);
    return rows.map((row) => deliveryOf(Row.parse(row)));
  }

  async find(endpointId: string, id: string): Promise<DeliveryDetail | null> {
    const [found] = await query(this.#db, FIND, [endpointId, id]);
    if (found === undefined) return null;
    const row = DetailRow.parse(found);
    return { ...deliveryOf(row), attempts: row.attempt_rows.map(attemptOf), body: row.body };
  }

  async overdue(before: string, limit: number): Promise<string[]> {
    return idsOf(await query(this.#db, OVERDUE, [before, limit]));
  }
}
