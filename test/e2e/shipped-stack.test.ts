import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { generate } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { runCron } from "../../local/crons.ts";
import { freePort } from "../../local/free-port.ts";
import type { Run } from "../../local/run-command.ts";
import { holdDataFolder, type Stack, startStack } from "../../local/stack.ts";
import { Company } from "../../src/domain/companies/company.ts";
import { mintSiren } from "../support/mint-siren.ts";

const SOURCES = ["recherche_entreprises", "insee", "bodacc", "ratios_inpi", "pappers"];
const Calls = z.record(z.string(), z.number());
const dataDir = mkdtempSync(path.join(tmpdir(), "ma-e2e-"));
const running: { stack: Stack | null } = { stack: null };

function stack(): Stack {
  if (running.stack === null) throw new Error("the stack is not up");
  return running.stack;
}

beforeAll(async () => {
  // As in production: hundreds of requests at once would wait for their lines in the log of `wrangler dev`.
  process.env["LOG_SAMPLE"] = "0.01";
  const port = await freePort();
  const lock = await holdDataFolder(path.join(dataDir, "lock"), port);
  const run: Run = { signal: new AbortController().signal, children: new Set() };
  running.stack = await startStack({ dataDir, lock, port, durable: false, run, say: () => undefined });
}, 120_000);

afterAll(async () => {
  await running.stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 30_000);

async function enrich(body: object): Promise<Response> {
  return fetch(`${stack().url}/api/v2/scraping/enrich`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${stack().devInfo.api_key}` },
    body: JSON.stringify(body),
  });
}

async function callsFor(siren: string): Promise<Record<string, number>> {
  const response = await fetch(`${stack().devInfo.sandbox_url}/__control/calls?siren=${siren}`);
  return Calls.parse(await response.json());
}

async function fault(body: object): Promise<void> {
  await fetch(`${stack().devInfo.sandbox_url}/__control/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

test("400 people over HTTP who want the same unknown company cost one call per source", async () => {
  const siren = mintSiren("four hundred at once");
  await fault({ siren, latency_ms: 200 });
  const answers = await Promise.all(
    Array.from({ length: 400 }, async () => {
      const response = await enrich({ siren, sources: SOURCES });
      return { status: response.status, company: Company.parse(await response.json()) };
    }),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ company }) => JSON.stringify(company.dirigeants))).size).toBe(1);
  const once = Object.fromEntries(SOURCES.map((source) => [source, 1]));
  expect(await callsFor(siren)).toEqual({ ...once, kaspr: 0 });
}, 60_000);

test("with every provider down a stored company answers with its age, an unknown one 503, none is forgotten", async () => {
  const known = mintSiren("known before the outage");
  const unknown = mintSiren("unknown before the outage");
  expect((await enrich({ siren: known })).status).toBe(200);
  for (const siren of [known, unknown]) await fault({ siren, status: 500 });

  const stale = await enrich({ siren: known, max_age: 0 });
  expect(stale.status).toBe(200);
  expect(Number(stale.headers.get("age"))).toBeGreaterThanOrEqual(0);
  const company = Company.parse(await stale.json());
  expect(new Set(company.sources.map(({ cache, refresh_failure }) => `${cache} ${refresh_failure}`))).toEqual(
    new Set(["stale unavailable"]),
  );

  const refused = await enrich({ siren: unknown });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: "enrichment.unavailable", retryable: true });

  await fault({ siren: unknown, clear: true });
  expect((await enrich({ siren: unknown })).status).toBe(200);
}, 60_000);

test("what the first screen of the README says works", async () => {
  const { url } = stack();
  expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ status: "ready" });
  const response = await enrich({ siren: "552032534" });
  expect(Company.parse(await response.json()).siren).toBe("552032534");
  const document: unknown = await (await fetch(`${url}/openapi.json`)).json();
  expect(document).toMatchObject({ openapi: "3.1.0" });
  expect((await fetch(`${url}/docs`)).headers.get("content-type")).toContain("text/html");
}, 30_000);

test("crons run when the stack asks for them, and say when they fail", async () => {
  const { signal } = new AbortController();
  await expect(runCron(stack().url, "*/5 * * * *", signal)).resolves.toBeUndefined();
  await expect(runCron(`${stack().url}/nowhere`, "*/5 * * * *", signal)).rejects.toThrow("status 404");
}, 30_000);

test("a form that is refused before its end costs nobody the connection", async () => {
  for (const size of [13_000, 100_000]) {
    const form = new FormData();
    form.set("fichier", new File(["552032534\n".repeat(size / 10)], "companies.csv"));
    const headers = { authorization: `Bearer ${stack().devInfo.api_key}` };
    const url = `${stack().url}/api/v2/scraping/batch-async`;
    const refused = await fetch(url, { method: "POST", headers, body: form });
    expect([refused.status, await refused.json()]).toMatchObject([400, { code: "request.invalid" }]);
    for (let time = 0; time < 5; time++) expect((await fetch(`${stack().url}/health`)).status).toBe(200);
  }
}, 30_000);

async function call(
  method: string,
  route: string,
  { token, body }: { token?: string; body?: object } = {},
): Promise<Response> {
  const headers = new Headers({ "content-type": "application/json" });
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${stack().url}/api/v2${route}`, { method, headers, ...init });
}

async function answer<Shape extends z.ZodType>(shape: Shape, response: Response): Promise<z.infer<Shape>> {
  const body: unknown = await response.json();
  expect({ ok: response.ok, body }).toMatchObject({ ok: true });
  return shape.parse(body);
}

const Tokens = z.object({ access_token: z.string(), refresh_token: z.string() });
const Challenge = z.object({ mfa_required: z.literal(true), mfa_token: z.string() });

test("a person registers, turns on two factors, makes a key, enriches with it and proves what was done", async () => {
  const credentials = { email: "claire@example.test", password: "une phrase longue et à moi" };
  await answer(
    z.object({ user: z.object({ id: z.string() }) }),
    await call("POST", "/auth/register", {
      body: { organisation: "Cabinet Martin", name: "Claire Martin", ...credentials },
    }),
  );
  const first = await answer(Tokens, await call("POST", "/auth/login", { body: credentials }));
  const setup = await answer(
    z.object({ secret: z.string(), otpauth_uri: z.string(), qr_svg: z.string(), qr_png: z.string() }),
    await call("POST", "/auth/2fa/setup", { token: first.access_token }),
  );
  const code = await generate({ secret: setup.secret });
  expect((await call("POST", "/auth/2fa/verify", { token: first.access_token, body: { code } })).status).toBe(
    200,
  );

  const challenge = await answer(Challenge, await call("POST", "/auth/login", { body: credentials }));
  const spent = await call("POST", "/auth/2fa/challenge", { body: { mfa_token: challenge.mfa_token, code } });
  expect(spent.status).toBe(401);
  const next = await generate({ secret: setup.secret, epoch: Math.floor(Date.now() / 1_000) + 30 });
  const second = await answer(
    Tokens,
    await call("POST", "/auth/2fa/challenge", { body: { mfa_token: challenge.mfa_token, code: next } }),
  );

  const { key } = await answer(
    z.object({ id: z.string(), key: z.string().startsWith("mai_live_") }),
    await call("POST", "/api-keys", {
      token: second.access_token,
      body: { name: "CRM", scopes: ["enrich:write", "companies:read"] },
    }),
  );
  const enriched = await call("POST", "/scraping/enrich", {
    token: key,
    body: { siren: mintSiren("journey") },
  });
  expect(enriched.status).toBe(200);
  expect(enriched.headers.get("ratelimit-policy")).toContain('"enrichment";q=200;w=3600');
  expect(enriched.headers.get("x-cost-euros")).not.toBeNull();

  const renewed = await answer(
    Tokens,
    await call("POST", "/auth/refresh", { body: { refresh_token: second.refresh_token } }),
  );
  const Verified = z.object({
    valid: z.boolean(),
    entries: z.number(),
    first_bad_index: z.number().nullable(),
  });
  const List = z.object({ data: z.array(z.object({ action: z.string() })) });
  const acts = async (): Promise<string[]> => {
    const list = await answer(List, await call("GET", "/audit-logs", { token: renewed.access_token }));
    return list.data.map(({ action }) => action);
  };
  await expect
    .poll(acts, { timeout: 15_000 })
    .toEqual(
      expect.arrayContaining([
        "account.registered",
        "session.opened",
        "mfa.enabled",
        "mfa.refused",
        "key.created",
        "company.enriched",
      ]),
    );
  const verified = await answer(
    Verified,
    await call("GET", "/audit-logs/verify", { token: renewed.access_token }),
  );
  expect(verified).toMatchObject({ valid: true, first_bad_index: null });
  expect(verified.entries).toBeGreaterThanOrEqual(6);
}, 60_000);

test("the demo account that npm start prints can sign in", async () => {
  const { email, password } = stack().devInfo;
  const response = await call("POST", "/auth/login", { body: { email, password } });
  expect(Tokens.safeParse(await response.json()).success).toBe(true);
}, 30_000);
