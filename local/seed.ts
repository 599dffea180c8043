import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { KEY_SCOPES } from "../src/domain/accounts/principal.ts";
import { apiKeyPrefix, generateApiKey, hashApiKey } from "../src/auth/api-key.ts";

const ORGANISATION = { id: "org_demo", name: "Démo", plan: "admin" };
const OWNER = { id: "usr_demo", email: "demo@example.test", name: "Démo" };

export interface DemoAccount {
  apiKey: string;
  email: string;
  password: string;
}

/**
 * One organisation with an owner and a live key. Only a key's hash is stored, so a key of an earlier start is
 * kept when the caller still knows it and the database still accepts it; otherwise a new one replaces it.
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
    await client.query("COMMIT");
    return { apiKey, email: OWNER.email, password: known?.password ?? randomBytes(18).toString("base64url") };
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
