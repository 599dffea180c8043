import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { generateApiKey } from "../../../src/auth/api-key.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import worker from "../../../src/worker.ts";
import { mintOwner } from "../../support/members.ts";
import { mintAddress, mintKey } from "../../support/world.ts";

/** Of one run; none of them may turn up anywhere. */
interface Secrets {
  key: string;
  unknownKey: string;
  token: string;
  password: string;
  refresh: string;
  email: string;
  name: string;
  code: string;
}

async function mintSecrets(): Promise<Secrets> {
  const owner = await mintOwner();
  return {
    key: await mintKey(owner.organisationId),
    unknownKey: generateApiKey("live", randomBytes),
    token: owner.token,
    password: `phrase-de-passe-${crypto.randomUUID()}`,
    refresh: `rt_${crypto.randomUUID()}${crypto.randomUUID()}`,
    email: `personne.${crypto.randomUUID()}@example.test`,
    name: `Nom-${crypto.randomUUID()}`,
    code: "918273",
  };
}

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: unknown) => {
    lines.push(String(line));
  });
});

/** Settings under which Postgres refuses us, with a password to give away. */
function withoutDatabase(): Env {
  const database = new URL(env.DATABASE_URL);
  database.pathname = "/nowhere";
  database.password = "hunter2-of-the-database";
  return { ...env, DATABASE_URL: database.href };
}

/** Everything that a client or an operator can read of one request. */
async function traces(
  settings: Env,
  path: string,
  init: RequestInit,
): Promise<{ status: number; text: string }> {
  const context = createExecutionContext();
  const headers = new Headers(init.headers);
  headers.set("cf-connecting-ip", mintAddress());
  const request = new Request(`https://api.test/api/v2${path}`, { ...init, headers });
  const response = await worker.fetch(request, settings, context);
  await waitOnExecutionContext(context);
  const answered = `${[...response.headers].join("\n")}\n${await response.text()}`;
  return { status: response.status, text: `${answered}\n${lines.join("\n")}` };
}

const post = (body: unknown, token?: string): RequestInit => ({
  method: "POST",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: {
    "content-type": "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  },
});

const get = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

function requestsWith(secrets: Secrets): Record<string, [path: string, init: RequestInit]> {
  const { key, unknownKey, token, password, refresh, email, name, code } = secrets;
  const account = { email, password, name, organisation: name };
  return {
    "a sign-in that fails": ["/auth/login", post({ email, password })],
    "a sign-in with a member too many": ["/auth/login", post({ email, password, code })],
    "a sign-in with wrong types": ["/auth/login", post({ email: [email], password: { password } })],
    "a sign-in that is no JSON": ["/auth/login", post(`{"email":"${email}","password":"${password}"`)],
    "a sign-in as a form": ["/auth/login", { method: "POST", body: `email=${email}&password=${password}` }],
    "a registration with a bad address": ["/auth/register", post({ ...account, email: `${email} x` })],
    "a registration with a member too many": ["/auth/register", post({ ...account, role: password })],
    "a refresh of nobody's": ["/auth/refresh", post({ refresh_token: refresh })],
    "a refresh under a wrong name": ["/auth/refresh", post({ token: refresh })],
    "a second factor of nobody's": ["/auth/2fa/challenge", post({ mfa_token: refresh, code })],
    "an invitation of nobody's": ["/auth/invitations/accept", post({ token: refresh, password, name })],
    "a change of password that is refused": [
      "/auth/password",
      post({ current_password: password, new_password: password, password }, token),
    ],
    "a second factor that is refused": ["/auth/2fa/verify", post({ code, password }, token)],
    "a key that nobody has": ["/companies/552032534", get(unknownKey)],
    "a key where a session is needed": ["/api-keys", get(key)],
    "a key in a query": [`/companies/552032534?api_key=${key}&email=${email}`, get(key)],
    "people in an enrichment that is refused": [
      "/scraping/enrich",
      post(
        { siren: "552032534", sources: ["kaspr"], linkedin: [{ nom: name, profil: `${email} ${password}` }] },
        key,
      ),
    ],
    "a company that is refused": [
      "/scoring/calculate",
      post({ dirigeants: [{ type: password, nom: name }] }, key),
    ],
  };
}

function expectClean(text: string, secrets: Secrets): void {
  for (const [kind, secret] of Object.entries(secrets)) {
    expect([kind, text.includes(secret) || text.includes(encodeURIComponent(secret))]).toEqual([kind, false]);
  }
}

const KINDS = Object.keys(
  requestsWith({
    key: "",
    unknownKey: "",
    token: "",
    password: "",
    refresh: "",
    email: "",
    name: "",
    code: "",
  }),
);

describe("no secret and no personal datum is in an answer or in the log", () => {
  test.each(KINDS)("after %s", async (kind) => {
    const secrets = await mintSecrets();
    const [path, init] = requestsWith(secrets)[kind] ?? ["", {}];
    const { status, text } = await traces(env, path, init);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expectClean(text, secrets);
  });

  test.each(KINDS)("after %s while the database refuses us", async (kind) => {
    const secrets = await mintSecrets();
    const [path, init] = requestsWith(secrets)[kind] ?? ["", {}];
    const { status, text } = await traces(withoutDatabase(), path, init);
    expect(status).toBeGreaterThanOrEqual(400);
    expectClean(text, secrets);
    expect(text).not.toContain("hunter2");
    if (status < 500) return;
    expect([status, text]).toEqual([503, expect.stringContaining('"level":"error","event":"request"')]);
  });
});

test("a failure is logged under its route, not under the address that was asked", async () => {
  const { key } = await mintSecrets();
  const path = "/companies/552032534?token=abc";
  const { status } = await traces(withoutDatabase(), path, get(key));
  expect(status).toBe(503);
  const line = lines.find((one) => one.includes('"event":"request"'));
  expect(line).toContain('"route":"GET /api/v2/companies/{siren}"');
  expect(line).not.toMatch(/552032534|abc/);
});
