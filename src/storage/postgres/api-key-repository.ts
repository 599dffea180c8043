import { z } from "zod";
import type { StoredKey } from "../../domain/accounts/authenticate.ts";
import { type ApiKey, KEY_CAPS } from "../../domain/accounts/keys/api-key.ts";
import type { Authority } from "../../domain/accounts/authority.ts";
import type { KeyCreation, KeyRotation, KeyStore } from "../../domain/accounts/keys/ports.ts";
import type { AuditRecord } from "../../domain/audit/audit-record.ts";
import { errorKind } from "../../lib/error-kind.ts";
import { Lru } from "../../lib/lru.ts";
import type { Logger } from "../../observability/logger.ts";
import { audited } from "./audited.ts";
import { type Database, query, queryAfterLock, type Statement } from "./database.ts";
import { holdsRole } from "./holds-role.ts";

const Found = z.object({
  id: z.string(),
  organisation_id: z.string(),
  plan: z.enum(["free", "pro", "enterprise", "admin"]),
  mode: z.enum(["live", "test"]),
  scopes: z.array(z.string()),
  created_at: z.date(),
  expires_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  use_unnoted: z.boolean(),
});

const Row = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  mode: z.enum(["live", "test"]),
  created_by: z.string().nullable(),
  created_at: z.date(),
  last_used_at: z.date().nullable(),
  expires_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  replaced_by: z.string().nullable(),
});

/** `last_used_at` is true to the hour: a key in steady use costs one small write an hour. */
const UNNOTED = "coalesce(k.last_used_at < now() - interval '1 hour', true)";

const FIND_BY_HASH = `
select k.id, k.organisation_id, o.plan, k.mode, k.scopes, k.expires_at, k.revoked_at, o.created_at,
  ${UNNOTED} as use_unnoted
from api_keys k join organisations o on o.id = k.organisation_id where k.hash = $1`;

/** Whoever finds the row locked leaves it: somebody else is noting the same, or rotating the key. */
const NOTE_USE = `
update api_keys set last_used_at = now() where id = (
  select k.id from api_keys k where k.id = $1 and ${UNNOTED} for update skip locked)`;

const COLUMNS =
  "id, name, prefix, scopes, mode, created_by, created_at, last_used_at, expires_at, revoked_at, replaced_by";

const LIST = `
select ${COLUMNS} from api_keys where organisation_id = $1 and ($2::text is null or id < $2)
order by id desc limit $3`;

const FIND = `select ${COLUMNS} from api_keys where organisation_id = $1 and id = $2`;

const RENAME = `
update api_keys set name = $3
where organisation_id = $1 and id = $2 and ${holdsRole("$1", "$4", "$5")} returning ${COLUMNS}`;

/** One at a time per organisation; the next statement then sees what the one before wrote. */
const LOCK = "select id from organisations where id = $1 for no key update";

/** Live keys at $1 of the organisation in `o`; `filter` narrows them. */
const counted = (filter: string): string => `(
  select count(*) from api_keys k where k.organisation_id = o.id and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > $1::timestamptz) and ${filter})`;

const cap = (param: string): string => `(${param}::jsonb ->> o.plan)::int`;

const CREATE = `
insert into api_keys
  (id, organisation_id, name, prefix, hash, scopes, mode, created_by, created_at, expires_at)
select $3, o.id, $4, $5, $6, $7::text[], $8, $9, $1::timestamptz, $10::timestamptz from organisations o
where o.id = $2 and ${counted("k.replaced_by is null")} < ${cap("$11")} and ${counted("true")} < 2 * ${cap("$11")}
  and ${holdsRole("o.id", "$9", "$12")}
returning id`;

/** Without an overlap the old key is gone at once and makes room for the new one. */
const ROTATED = `was as (
  select a.id, a.organisation_id, a.name, a.scopes, a.mode, a.expires_at from api_keys a
  join organisations o on o.id = a.organisation_id
  where a.organisation_id = $2 and a.id = $3 and a.revoked_at is null and a.replaced_by is null
    and (a.expires_at is null or a.expires_at > $1::timestamptz)
    and ${counted("(k.id <> a.id or $9::timestamptz > $1::timestamptz)")} < 2 * ${cap("$8")}
    and ${holdsRole("$2", "$7", "$10")}
  for update of a)`;

const REPLACED = `replaced as (
  update api_keys k set replaced_by = $4, expires_at = least(was.expires_at, $9::timestamptz)
  from was where k.id = was.id)`;

const ROTATE = `
insert into api_keys
  (id, organisation_id, name, prefix, hash, scopes, mode, created_by, created_at, expires_at)
select $4, organisation_id, name, $5, $6, scopes, mode, $7, $1::timestamptz, expires_at from was returning id`;

const REVOKE = `
update api_keys set revoked_at = $3
where organisation_id = $1 and id = $2 and revoked_at is null and ${holdsRole("$1", "$4", "$5")} returning id`;

/** By then the note is written, or failed and is worth another try. */
const NOTING_MS = 60_000;

const CAPS = JSON.stringify(KEY_CAPS);

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function keyOf(found: unknown): ApiKey {
  const row = Row.parse(found);
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    mode: row.mode,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: iso(row.last_used_at),
    expiresAt: iso(row.expires_at),
    revokedAt: iso(row.revoked_at),
    replacedBy: row.replaced_by,
  };
}

interface Deps {
  log: Logger;
  /** Runs after the answer has left. */
  background: (work: Promise<void>) => void;
}

export class ApiKeyRepository implements KeyStore {
  readonly #db: Database;
  readonly #deps: Deps;
  readonly #noting = new Lru<true>(1_000);

  constructor(db: Database, deps: Deps) {
    this.#db = db;
    this.#deps = deps;
  }

  /** What loads a key also notes that it is used, behind the answer: a failure of that is logged and no more. */
  async findByHash(hash: string): Promise<StoredKey | null> {
    const [found] = await query(this.#db, FIND_BY_HASH, [hash]);
    if (found === undefined) return null;
    const row = Found.parse(found);
    if (row.use_unnoted && row.revoked_at === null) this.#noteOnce(row.id);
    return {
      principal: {
        organisationId: row.organisation_id,
        actor: { kind: "key", id: row.id },
        plan: row.plan,
        mode: row.mode,
        scopes: new Set(row.scopes),
        since: row.created_at.getTime(),
        session: null,
      },
      expiresAt: iso(row.expires_at),
      revokedAt: iso(row.revoked_at),
    };
  }

  async list(organisationId: string, page: { limit: number; before: string | null }): Promise<ApiKey[]> {
    const rows = await query(this.#db, LIST, [organisationId, page.before, page.limit]);
    return rows.map(keyOf);
  }

  async find(organisationId: string, id: string): Promise<ApiKey | null> {
    const [row] = await query(this.#db, FIND, [organisationId, id]);
    return row === undefined ? null : keyOf(row);
  }

  async rename(
    { id, name }: { id: string; name: string },
    by: Authority,
    record: AuditRecord,
  ): Promise<ApiKey | null> {
    const params = [record.organisationId, id, name, by.userId, by.roles];
    const { text, params: all } = audited({ text: RENAME, params }, record);
    const [row] = await query(this.#db, text, all);
    return row === undefined ? null : keyOf(row);
  }

  async create(creation: KeyCreation, record: AuditRecord): Promise<boolean> {
    const { id, organisationId, name, scopes, mode, by, at, expiresAt, minted } = creation;
    const params = [at, organisationId, id, name, minted.prefix, minted.hash, scopes, mode, by.userId];
    const insert = audited({ text: CREATE, params: [...params, expiresAt, CAPS, by.roles] }, record);
    return this.#alone(organisationId, insert);
  }

  async rotate(rotation: KeyRotation, record: AuditRecord): Promise<boolean> {
    const { id, organisationId, newId, by, at, until, minted } = rotation;
    const key = [newId, minted.prefix, minted.hash, by.userId];
    const params = [at, organisationId, id, ...key, CAPS, until, by.roles];
    const insert = audited({ text: ROTATE, params }, record, [ROTATED, REPLACED]);
    return this.#alone(organisationId, insert);
  }

  async revoke(id: string, by: Authority, record: AuditRecord): Promise<boolean> {
    const params = [record.organisationId, id, record.at, by.userId, by.roles];
    const { text, params: all } = audited({ text: REVOKE, params }, record);
    return (await query(this.#db, text, all)).length > 0;
  }

  /** No other creation or rotation of this organisation meanwhile: the caps hold. */
  async #alone(organisationId: string, statement: Statement): Promise<boolean> {
    const rows = await queryAfterLock(this.#db, { text: LOCK, params: [organisationId] }, statement);
    return rows.length > 0;
  }

  /** A thousand requests that all find a key unnoted make one note. */
  #noteOnce(id: string): void {
    const now = Date.now();
    if (this.#noting.get(id, now) !== undefined) return;
    this.#noting.set(id, true, now + NOTING_MS);
    this.#deps.background(this.#noteUse(id));
  }

  async #noteUse(id: string): Promise<void> {
    try {
      await query(this.#db, NOTE_USE, [id]);
    } catch (error) {
      this.#deps.log.event("key_use_not_noted", { key_id: id, error: errorKind(error) });
    }
  }
}
