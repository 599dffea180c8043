import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { KEY_SCOPES } from "../src/domain/accounts/principal.ts";
import { ScryptHasher } from "../src/auth/password-hash.ts";
import { apiKeyPrefix, generateApiKey, hashApiKey } from "../src/auth/api-key.ts";

const ORGANISATION = { id: "org_demo", name: "Démo", plan: "admin" };
const OWNER = { id: "usr_demo", email: "demo@example.test", name: "Démo" };

export interface DemoAccount {
  apiKey: string;
  email: string;
  password: string;
}

/**
 * One organisation with an owner and a live key. Only hashes are stored, so a key of an earlier start is kept when
 * the caller still knows it and the database still accepts it; otherwise a new one replaces it. The owner signs in
 * with the password that the caller knows, or with a new one.
 */
export async function seedDemo(
  databaseUrl: string,
  known: { api_key: string; password: string } | null = null,
): Promise<DemoAccount> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("BEGIN");
    await seedOrganisation(client);
    const apiKey = (await stillValid(client, known?.api_key ?? null)) ?? (await replaceKey(client));
    const password = known?.password ?? randomBytes(18).toString("base64url");
    await ensurePassword(client, password);
    await client.query("COMMIT");
    return { apiKey, email: OWNER.email, password };
  } finally {
    await client.end();
  }
}

async function seedOrganisation(client: Client): Promise<void> {
  await client.query(
    "INSERT INTO organisations (id, name, plan) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET plan = excluded.plan",
    [ORGANISATION.id, ORGANISATION.name, ORGANISATION.plan],
  );
  await client.query("INSERT INTO users (id, email, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [
    OWNER.id,
    OWNER.email,
    OWNER.name,
  ]);
  await client.query(
    "INSERT INTO memberships (organisation_id, user_id, role) VALUES ($1, $2, 'owner') ON CONFLICT DO NOTHING",
    [ORGANISATION.id, OWNER.id],
  );
}

/** Hashed again only when it is not what the database has. */
async function ensurePassword(client: Client, password: string): Promise<void> {
  const hasher = new ScryptHasher();
  const found = await client.query<{ password_hash: string | null }>(
    "SELECT password_hash FROM users WHERE id = $1",
    [OWNER.id],
  );
  const { ok } = await hasher.verify(password, found.rows[0]?.password_hash ?? null);
  if (ok) return;
  await client.query("UPDATE users SET password_hash = $2, password_changed_at = $3 WHERE id = $1", [
    OWNER.id,
    await hasher.hash(password),
    new Date().toISOString(),
  ]);
}

/** A key made before a scope existed gets that scope too. */
async function stillValid(client: Client, key: string | null): Promise<string | null> {
  if (key === null) return null;
  const found = await client.query(
    `UPDATE api_keys SET scopes = $2
     WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
    [await hashApiKey(key), KEY_SCOPES],
  );
  return found.rowCount === 1 ? key : null;
}

async function replaceKey(client: Client): Promise<string> {
  const key = generateApiKey("live", (length) => new Uint8Array(randomBytes(length)));
  await client.query("DELETE FROM api_keys WHERE organisation_id = $1 AND name = 'demo'", [ORGANISATION.id]);
  await client.query(
    `INSERT INTO api_keys (id, organisation_id, name, prefix, hash, scopes, mode)
     VALUES ($1, $2, 'demo', $3, $4, $5, 'live')`,
    [
      `key_${randomBytes(8).toString("hex")}`,
      ORGANISATION.id,
      apiKeyPrefix(key),
      await hashApiKey(key),
      KEY_SCOPES,
    ],
  );
  return key;
}
