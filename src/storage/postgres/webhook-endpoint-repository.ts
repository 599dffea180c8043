import { z } from "zod";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import {
  DISABLED_REASONS,
  ENDPOINT_STATUSES,
  MAX_ENDPOINTS,
  type WebhookEndpoint,
} from "../../domain/webhooks/endpoint.ts";
import type {
  EndpointChange,
  EndpointOwner,
  EndpointRef,
  EndpointStore,
  NewEndpoint,
} from "../../domain/webhooks/ports.ts";
import { EVENT_TYPES } from "../../domain/webhooks/webhook-event.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock, type Statement } from "./database.ts";

const Row = z.object({
  id: z.string(),
  organisation_id: z.string(),
  mode: z.enum(["live", "test"]),
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

const COLUMNS = `id, organisation_id, mode, url, description, events, status, disabled_reason, failing_since,
  previous_secret_until, created_at, updated_at`;

const LIST = `
select ${COLUMNS} from webhook_endpoints
where organisation_id = $1 and mode = $2 and ($3::text is null or id < $3)
order by id desc limit $4`;

const FIND = `select ${COLUMNS} from webhook_endpoints where organisation_id = $1 and mode = $2 and id = $3`;

/** One at a time per organisation: the next creation counts what the one before made. */
const LOCK = "select id from organisations where id = $1 for no key update";

const CREATE = `
insert into webhook_endpoints
  (id, organisation_id, mode, url, description, events, status, secret, created_at, updated_at)
select $3, $1, $2, $4, $5, $6::text[], 'active', $7, $8::timestamptz, $8::timestamptz
where (select count(*) from webhook_endpoints where organisation_id = $1 and mode = $2) < $9
returning ${COLUMNS}`;

const CHANGED = `changed as (
  update webhook_endpoints set
    url = coalesce($4, url),
    description = case when $5::boolean then $6 else description end,
    events = coalesce($7::text[], events),
    status = coalesce($8, status),
    disabled_reason = case $8 when 'active' then null when 'disabled' then coalesce(disabled_reason, 'requested')
      else disabled_reason end,
    failing_since = case when $8 = 'active' or $4 <> url then null else failing_since end,
    updated_at = $9::timestamptz
  where organisation_id = $1 and mode = $2 and id = $3 returning ${COLUMNS})`;

const DROPPED = `dropped as (
  update webhook_deliveries d set status = 'failed', next_attempt_at = null, finished_at = $9::timestamptz
  from changed where changed.status = 'disabled' and d.endpoint_id = changed.id and d.status = 'pending')`;

const REPLACE_SECRET = `
update webhook_endpoints set
  previous_secret = case when rotation = $6 then previous_secret else secret end,
  previous_secret_until = case when rotation = $6 then previous_secret_until else $5::timestamptz end,
  secret = $4, rotation = $6, updated_at = $7::timestamptz
where organisation_id = $1 and mode = $2 and id = $3 returning ${COLUMNS}`;

const DELETE =
  "delete from webhook_endpoints where organisation_id = $1 and mode = $2 and id = $3 returning id";

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function endpointOf(found: unknown): WebhookEndpoint {
  const row = Row.parse(found);
  return {
    id: row.id,
    organisationId: row.organisation_id,
    mode: row.mode,
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

const ownParams = ({ id, mode }: EndpointRef, { organisationId }: AuditRecord) => [organisationId, mode, id];

export class WebhookEndpointRepository implements EndpointStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async list(
    { organisationId, mode }: EndpointOwner,
    page: { limit: number; before: string | null },
  ): Promise<WebhookEndpoint[]> {
    const rows = await query(this.#db, LIST, [organisationId, mode, page.before, page.limit]);
    return rows.map(endpointOf);
  }

  async find({ organisationId, mode }: EndpointOwner, id: string): Promise<WebhookEndpoint | null> {
    const [row] = await query(this.#db, FIND, [organisationId, mode, id]);
    return row === undefined ? null : endpointOf(row);
  }

  async create(endpoint: NewEndpoint, record: AuditRecord): Promise<WebhookEndpoint | null> {
    const { id, mode, url, description, events, sealed } = endpoint;
    const { organisationId, at } = record;
    const params = [organisationId, mode, id, url, description, events, sealed, at, MAX_ENDPOINTS];
    const insert = audited({ text: CREATE, params }, record);
    const [row] = await queryAfterLock(this.#db, { text: LOCK, params: [organisationId] }, insert);
    return row === undefined ? null : endpointOf(row);
  }

  async change(
    endpoint: EndpointRef,
    change: EndpointChange,
    record: AuditRecord,
  ): Promise<WebhookEndpoint | null> {
    const { url = null, description, events = null, status = null } = change;
    const described = [description !== undefined, description ?? null];
    const own = ownParams(endpoint, record);
    const params = [...own, url, ...described, events, status, record.at];
    return this.#one(audited({ text: "select * from changed", params }, record, [CHANGED, DROPPED]));
  }

  async replaceSecret(
    endpoint: EndpointRef,
    {
      sealed,
      overlapUntil,
      operationId,
    }: { sealed: string; overlapUntil: string; operationId: string | null },
    record: AuditRecord,
  ): Promise<WebhookEndpoint | null> {
    const params = [...ownParams(endpoint, record), sealed, overlapUntil, operationId, record.at];
    return this.#one(audited({ text: REPLACE_SECRET, params }, record));
  }

  async delete(endpoint: EndpointRef, record: AuditRecord): Promise<boolean> {
    const { text, params } = audited({ text: DELETE, params: ownParams(endpoint, record) }, record);
    return (await query(this.#db, text, params)).length > 0;
  }

  async #one({ text, params }: Statement): Promise<WebhookEndpoint | null> {
    const [row] = await query(this.#db, text, params);
    return row === undefined ? null : endpointOf(row);
  }
}
