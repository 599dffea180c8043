import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import {
  DISABLED_REASONS,
  ENDPOINT_STATUSES,
  MAX_ENDPOINTS,
  type WebhookEndpoint,
} from "../../domain/webhooks/endpoint.ts";
import type { EndpointChange, EndpointStore, NewEndpoint } from "../../domain/webhooks/ports.ts";
import { EVENT_TYPES } from "../../domain/webhooks/webhook-event.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock, type Statement } from "./database.ts";

const Row = z.object({
  id: z.string(),
  organisation_id: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.enum(EVENT_TYPES)),
  status: z.enum(ENDPOINT_STATUSES),
  disabled_reason: z.enum(DISABLED_REASONS).nullable(),
  failing_since: z.date().nullable(),
  previous_secret_until: z.date().nullable(),
  created_at: z.date(),
  updated_at: z.date(),
});

const COLUMNS = `id, organisation_id, url, description, events, status, disabled_reason, failing_since,
  previous_secret_until, created_at, updated_at`;

const LIST = `
select ${COLUMNS} from webhook_endpoints where organisation_id = $1 and ($2::text is null or id < $2)
order by id desc limit $3`;

const FIND = `select ${COLUMNS} from webhook_endpoints where organisation_id = $1 and id = $2`;

/** One at a time per organisation: the next creation counts what the one before made. */
const LOCK = "select id from organisations where id = $1 for no key update";

const CREATE = `
insert into webhook_endpoints
  (id, organisation_id, url, description, events, status, secret, created_at, updated_at)
select $2, $1, $3, $4, $5::text[], 'active', $6, $7::timestamptz, $7::timestamptz
where (select count(*) from webhook_endpoints where organisation_id = $1) < $8
returning ${COLUMNS}`;

const CHANGED = `changed as (
  update webhook_endpoints set
    url = coalesce($3, url),
    description = case when $4::boolean then $5 else description end,
    events = coalesce($6::text[], events),
    status = coalesce($7, status),
    disabled_reason = case $7 when 'active' then null when 'disabled' then coalesce(disabled_reason, 'requested')
      else disabled_reason end,
    failing_since = case when $7 = 'active' or $3 <> url then null else failing_since end,
    updated_at = $8::timestamptz
  where organisation_id = $1 and id = $2 returning ${COLUMNS})`;

const DROPPED = `dropped as (
  update webhook_deliveries d set status = 'failed', next_attempt_at = null, finished_at = $8::timestamptz
  from changed where changed.status = 'disabled' and d.endpoint_id = changed.id and d.status = 'pending')`;

const REPLACE_SECRET = `
update webhook_endpoints set previous_secret = secret, previous_secret_until = $4::timestamptz, secret = $3,
  updated_at = $5::timestamptz
where organisation_id = $1 and id = $2 returning ${COLUMNS}`;

const DELETE = "delete from webhook_endpoints where organisation_id = $1 and id = $2 returning id";

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function endpointOf(found: unknown): WebhookEndpoint {
  const row = Row.parse(found);
  return {
    id: row.id,
    organisationId: row.organisation_id,
    url: row.url,
    description: row.description,
    events: row.events,
    status: row.status,
    disabledReason: row.disabled_reason,
    failingSince: iso(row.failing_since),
    previousSecretUntil: iso(row.previous_secret_until),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export class WebhookEndpointRepository implements EndpointStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(
    organisationId: string,
    page: { limit: number; before: string | null },
  ): Promise<WebhookEndpoint[]> {
    const rows = await query(this.#db, LIST, [organisationId, page.before, page.limit]);
    return rows.map(endpointOf);
  }

  async find(organisationId: string, id: string): Promise<WebhookEndpoint | null> {
    const [row] = await query(this.#db, FIND, [organisationId, id]);
    return row === undefined ? null : endpointOf(row);
  }

  async create(endpoint: NewEndpoint, record: AuditRecord): Promise<WebhookEndpoint | null> {
    const { id, url, description, events, sealed } = endpoint;
    const { organisationId, at } = record;
    const params = [organisationId, id, url, description, events, sealed, at, MAX_ENDPOINTS];
    const insert = audited({ text: CREATE, params }, record);
    const [row] = await queryAfterLock(this.#db, { text: LOCK, params: [organisationId] }, insert);
    return row === undefined ? null : endpointOf(row);
  }

  async change(id: string, change: EndpointChange, record: AuditRecord): Promise<WebhookEndpoint | null> {
    const { url = null, description, events = null, status = null } = change;
    const described = [description !== undefined, description ?? null];
    const params = [record.organisationId, id, url, ...described, events, status, record.at];
    return this.#one(audited({ text: "select * from changed", params }, record, [CHANGED, DROPPED]));
  }

  async replaceSecret(
    id: string,
    { sealed, overlapUntil }: { sealed: string; overlapUntil: string },
    record: AuditRecord,
  ): Promise<WebhookEndpoint | null> {
    const params = [record.organisationId, id, sealed, overlapUntil, record.at];
    return this.#one(audited({ text: REPLACE_SECRET, params }, record));
  }

  async delete(id: string, record: AuditRecord): Promise<boolean> {
    const { text, params } = audited({ text: DELETE, params: [record.organisationId, id] }, record);
    return (await query(this.#db, text, params)).length > 0;
  }

  async #one({ text, params }: Statement): Promise<WebhookEndpoint | null> {
    const [row] = await query(this.#db, text, params);
    return row === undefined ? null : endpointOf(row);
  }
}
