import { expect, test, vi } from "vitest";
import worker from "../../../src/worker.ts";
import { createApp } from "../../../src/http/app.ts";
import { IsolateKeeper } from "../../../src/http/isolate.ts";
import { generateApiKey } from "../../../src/auth/api-key.ts";
import { mintKey, mintWorld, send } from "../../support/world.ts";

const OPEN = new Set(["/", "/health", "/ready", "/openapi.json", "/docs", "/problems"]);
const isolates = new IsolateKeeper();
const app = createApp((env) => isolates.of(env));
const routes = new Map(app.routes.map((route) => [`${route.method} ${route.path}`, route]));
const closed = [...routes.values()].filter(({ method, path }) => method !== "ALL" && !OPEN.has(path));

function fill(path: string): string {
  return path.replace(/:[a-z_]+/g, "552032534");
}

function randomKey(): string {
  return generateApiKey("live", (length) => crypto.getRandomValues(new Uint8Array(length)));
}

test("every route but the open ones is closed", () => {
  expect(closed.length).toBeGreaterThan(3);
  expect(closed.every(({ path }) => path.startsWith("/api/"))).toBe(true);
});

test.each(closed)("$method $path answers 401 without a credential", async ({ method, path }) => {
  const response = await send(new Request(`https://api.test${fill(path)}`, { method }));
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toContain("Bearer");
  expect(await response.json()).toMatchObject({ code: "auth.credential_missing" });
});

test.each(closed)("$method $path answers 403 to a key without its scope", async ({ method, path }) => {
  const world = await mintWorld();
  const key = await mintKey(world.organisationId, { scopes: [] });
  const response = await world.request(fill(path), { method, headers: { authorization: `Bearer ${key}` } });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: "auth.scope_missing" });
});

test.each([
  ["a well-formed key that nobody has", `Bearer ${randomKey()}`],
  ["a key with one character changed", `Bearer ${randomKey().slice(0, -1)}!`],
  ["something else", "Bearer hello"],
  ["a very long token", `Bearer ${"x".repeat(8_000)}`],
])("%s answers 401", async (_, authorization) => {
  const world = await mintWorld();
  const response = await world.request("/api/v2/companies/552032534", { headers: { authorization } });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ code: "auth.credential_invalid" });
});

test.each(["Basic dXNlcjpwYXNz", "Bearer ", "mai_live_x"])(
  "%s is no bearer credential",
  async (authorization) => {
    const world = await mintWorld();
    const response = await world.request("/api/v2/companies/552032534", { headers: { authorization } });
    expect(await response.json()).toMatchObject({ code: "auth.credential_missing" });
  },
);

test("an expired key answers 401", async () => {
  const world = await mintWorld();
  const key = await mintKey(world.organisationId, { expiresAt: "2020-01-01T00:00:00Z" });
  const headers = { authorization: `Bearer ${key}` };
  expect((await world.request("/api/v2/companies/552032534", { headers })).status).toBe(401);
});

test("a revoked key stops working within five seconds, also for answers that are cached", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.enrich({ siren });
  const read = async (): Promise<Response> => world.request(`/api/v2/companies/${siren}`);
  await read();
  expect((await read()).headers.get("cache-status")).toBe("isolate; hit");
  await world.database.query("update api_keys set revoked_at = now() where organisation_id = $1", [
    world.organisationId,
  ]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 5_001 });
  expect((await read()).status).toBe(401);
  vi.useRealTimers();
});

test("a Worker whose settings are wrong serves nothing but /health, and names them in the log only", async () => {
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const ask = async (path: string): Promise<Response> =>
    Reflect.apply(worker.fetch, worker, [
      new Request(`https://api.test${path}`),
      { ENVIRONMENT: "production" },
      context,
    ]);
  const response = await ask("/api/v2/companies/552032534");
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(text).toContain("service.misconfigured");
  expect(text).not.toContain("DATABASE_URL");
  expect(String(logged.mock.calls[0])).toMatch(/DATABASE_URL.*ENABLED_SOURCES/);
  expect((await ask("/health")).status).toBe(200);
  logged.mockClear();
});
