import { z } from "zod";
import type { ApiKeyStore, StoredKey } from "../../domain/accounts/authenticate.ts";
import { type Database, query } from "./database.ts";

const Row = z.object({
  id: z.string(),
  organisation_id: z.string(),
  plan: z.enum(["free", "pro", "enterprise", "admin"]),
  mode: z.enum(["live", "test"]),
  scopes: z.array(z.string()),
  created_at: z.date(),
  expires_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
});

const FIND = `
select k.id, k.organisation_id, o.plan, k.mode, k.scopes, k.expires_at, k.revoked_at, o.created_at
from api_keys k join organisations o on o.id = k.organisation_id where k.hash = $1`;

export class ApiKeyRepository implements ApiKeyStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async findByHash(hash: string): Promise<StoredKey | null> {
    const [found] = await query(this.#db, FIND, [hash]);
    if (found === undefined) return null;
    const row = Row.parse(found);
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
      expiresAt: row.expires_at?.toISOString() ?? null,
      revokedAt: row.revoked_at?.toISOString() ?? null,
    };
  }
}
