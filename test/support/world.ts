import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { generateApiKey, hashApiKey } from "../../src/auth/api-key.ts";
import { KEY_SCOPES } from "../../src/domain/accounts/principal.ts";
import worker from "../../src/worker.ts";
import { type Database, openDatabase } from "../../src/storage/postgres/database.ts";
import { isolate } from "./fresh-isolate.ts";
import { mintSiren } from "./mint-siren.ts";

export interface World {
  organisationId: string;
  key: string;
  database: Database;
  /** A SIREN that only this test uses. */
  siren: (label?: string) => string;
  /** A request with this world's key. */
  request: (path: string, init?: RequestInit) => Promise<Response>;
  enrich: (body: object, query?: string) => Promise<Response>;
  /** How often the sandbox was called for a SIREN, by source. */
  calls: (siren: string) => Promise<Record<string, number>>;
  fault: (fault: object) => Promise<void>;
}

export function database(): Database {
  return openDatabase(env.DATABASE_URL, env.NEON_LOCAL_BRIDGE);
}

export async function mintKey(
  organisationId: string,
  options: { scopes?: readonly string[]; expiresAt?: string } = {},
): Promise<string> {
  const key = generateApiKey("live", (length) => crypto.getRandomValues(new Uint8Array(length)));
  await database().query(
    `insert into api_keys (id, organisation_id, name, prefix, hash, scopes, mode, expires_at)
     values ($1, $2, 'test', $3, $4, $5, 'live', $6)`,
    [
      `key_${crypto.randomUUID()}`,
      organisationId,
      key.slice(0, 16),
      await hashApiKey(key),
      options.scopes ?? KEY_SCOPES,
      options.expiresAt ?? null,
    ],
  );
  return key;
}

async function control(path: string, body?: object): Promise<Response> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${env.SANDBOX_URL}/__control/${path}`, { ...init, headers });
  expect(response.ok).toBe(true);
  return response;
}

/** The Worker's own handler: the pool's loopback binding slows down with the square of what is under way. */
export async function send(request: Request): Promise<Response> {
  const context = createExecutionContext();
  const response = await worker.fetch(request, isolate(), context);
  await waitOnExecutionContext(context);
  return response;
}

/** An address that no other test has: some limits count by it. */
export function mintAddress(): string {
  return [198, ...crypto.getRandomValues(new Uint8Array(3))].join(".");
}

/** An organisation, a key and companies of this test's own, named after it. */
export async function mintWorld(): Promise<World> {
  const seed = expect.getState().currentTestName ?? "world";
  const organisationId = `org_${crypto.randomUUID()}`;
  await database().query("insert into organisations (id, name, plan) values ($1, $2, 'admin')", [
    organisationId,
    seed.slice(0, 60),
  ]);
  const key = await mintKey(organisationId);
  const address = mintAddress();
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (!headers.has("cf-connecting-ip")) headers.set("cf-connecting-ip", address);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${key}`);
    return send(new Request(`https://api.test${path}`, { ...init, headers }));
  };
  return {
    organisationId,
    key,
    database: database(),
    siren: (label = "company") => mintSiren(`${seed} ${label}`),
    request,
    enrich: async (body, query = "") =>
      request(`/api/v2/scraping/enrich${query}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    calls: async (siren) => (await control(`calls?siren=${siren}`)).json(),
    fault: async (fault) => {
      await control("faults", fault);
    },
  };
}
