import { z } from "zod";
import { expect, test, vi } from "vitest";
import worker from "../../../src/worker.ts";
import { createApp } from "../../../src/http/app.ts";
import { IsolateKeeper } from "../../../src/http/isolate.ts";
import { OPEN_ROUTES } from "../../../src/http/open-routes.ts";
import { generateApiKey } from "../../../src/auth/api-key.ts";
import { mintExport } from "../exports/export-world.ts";
import { mintTask } from "../jobs/task-world.ts";
import { ROLE_SCOPES, ROLES, type Scope } from "../../../src/domain/accounts/principal.ts";
import { ApiDocument, operationsOf } from "../../../src/openapi/api-document.ts";
import { buildDocument } from "../../../src/openapi/document.ts";
import { type Member, mintMember, mintOrganisation, mintOwner } from "../../support/members.ts";
import { database, mintKey, mintWorld, send } from "../../support/world.ts";

/** Opened by the token of monitoring alone. */
const MONITORED = new Set(["/metrics", "/slo", "/health/detailed"]);
const OUTSIDE = new Set([
  ...MONITORED,
  "/",
  "/health",
  "/ready",
  "/openapi.json",
  "/docs",
  "/docs/",
  "/problems",
  "/problems/",
]);
const isolates = new IsolateKeeper();
const app = createApp((env) => isolates.of(env));
const document = ApiDocument.parse(buildDocument(app));
const described = operationsOf(document);

interface Route {
  method: string;
  /** As registered: `/api/v2/things/:id`. */
  path: string;
}

const routes = [
  ...new Map(app.routes.map((route) => [`${route.method} ${route.path}`, route])).values(),
].filter(({ method, path }) => method !== "ALL" && !OUTSIDE.has(path));
const documented = (path: string): string => path.replaceAll(/:([a-z_]+)/g, "{$1}");
const isOpen = ({ method, path }: Route): boolean => OPEN_ROUTES.has(`${method} ${documented(path)}`);
const closed = routes.filter((route) => !isOpen(route));

/** Any credential opens these: they tell a caller about himself, or what holds for everybody. */
const CREDENTIAL_ONLY = new Set(["GET /api/v2/exports/columns", "GET /api/v2/limits"]);
/** What the document can't say: a right that is needed for others, and not for oneself. */
const ALSO_NEEDS: Record<string, Scope> = { "DELETE /api/v2/organisation/members/:user_id": "members:write" };

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/** Alternatives: each is enough. */
function securityOf({ method, path }: Route): Record<string, string[]>[] {
  const found = described.find((one) => one.method === method && one.path === documented(path));
  const security = found?.operation.security ?? [];
  if (security.length === 0) throw new Error(`${method} ${path} documents no security`);
  return security;
}

const isPersonal = (route: Route): boolean => securityOf(route).every((one) => "session" in one);

/** Each of these opens the route. */
function scopesOf(route: Route): string[] {
  const also = ALSO_NEEDS[nameOf(route)];
  return also === undefined ? securityOf(route).flatMap((one) => Object.values(one).flat()) : [also];
}

/** Named by a refusal. */
const scopeOf = (route: Route): string | undefined => scopesOf(route)[0];

function fill(path: string): string {
  return path.replace(/:[a-z_]+/g, "552032534");
}

/** The object's own id, and a company where there is one too. */
function fillWith(path: string, id: string): string {
  return path.replace(":siren", "552032534").replace(/:[a-z_]+/, id);
}

async function codeOf(response: Response): Promise<[number, unknown]> {
  const { code } = z.object({ code: z.string() }).parse(await response.json());
  return [response.status, code];
}

function randomKey(): string {
  return generateApiKey("live", (length) => crypto.getRandomValues(new Uint8Array(length)));
}

test("every route is under /api and closed, but those that the lists name", () => {
  expect(closed.length).toBeGreaterThan(20);
  expect(routes.every(({ path }) => path.startsWith("/api/"))).toBe(true);
  expect(routes.filter(isOpen)).toHaveLength(OPEN_ROUTES.size);
  const unscoped = closed.filter((route) => !isPersonal(route) && scopeOf(route) === undefined);
  expect(unscoped.map(nameOf)).toEqual([...CREDENTIAL_ONLY]);
});

test.each([...MONITORED])("%s is not opened by an API key", async (path) => {
  const { request } = await mintWorld();
  expect(await codeOf(await request(path))).toEqual([401, "monitoring.token_refused"]);
});

test.each(closed)("$method $path answers 401 without a credential", async ({ method, path }) => {
  const response = await send(new Request(`https://api.test${fill(path)}`, { method }));
  expect(response.headers.get("www-authenticate")).toContain("Bearer");
  expect(await codeOf(response)).toEqual([401, "auth.credential_missing"]);
});

test.each(closed.filter((route) => !CREDENTIAL_ONLY.has(nameOf(route))))(
  "$method $path answers 403 to a key without scopes",
  async (route) => {
    const world = await mintWorld();
    const key = await mintKey(world.organisationId, { scopes: [] });
    const headers = { authorization: `Bearer ${key}` };
    const response = await world.request(fill(route.path), { method: route.method, headers });
    const lacked = isPersonal(route)
      ? { code: "auth.session_required" }
      : { code: "auth.scope_missing", scope: scopeOf(route), scopes: [] };
    expect([response.status, await response.json()]).toEqual([403, expect.objectContaining(lacked)]);
  },
);

test.each(closed.filter(isPersonal))(
  "$method $path is for people: a key with every scope answers 403",
  async ({ method, path }) => {
    const world = await mintWorld();
    const response = await world.request(fill(path), { method });
    expect(await codeOf(response)).toEqual([403, "auth.session_required"]);
  },
);

const refusals = closed.flatMap((route) => {
  const scopes = scopesOf(route);
  if (scopes.length === 0) return [];
  const without = ROLES.filter((role) => !ROLE_SCOPES[role].some((one) => scopes.includes(one)));
  return without.map((role) => ({ ...route, role }));
});

test("every role but the owner's and the administrator's is refused somewhere", () => {
  expect(new Set(refusals.map(({ role }) => role))).toEqual(new Set(["analyst", "viewer", "auditor"]));
});

test.each(refusals)("$method $path answers 403 to somebody who is $role", async ({ method, path, role }) => {
  const member = await mintMember(await mintOrganisation(), role);
  const response = await member.request(method, fill(path));
  const lacked = { code: "auth.scope_missing", scope: scopeOf({ method, path }), role };
  expect([response.status, await response.json()]).toEqual([403, expect.objectContaining(lacked)]);
});

const NO_IDS = ["undefined", "null", "%00", "key_x", "usr_1", "a%20b", "x".repeat(300), "%F0%9F%9A%80"];

test.each(closed.filter(({ path }) => /:(?:id|user_id)/.test(path)))(
  "$method $path answers 404 for whatever is no id",
  async (route) => {
    const owner = await mintOwner();
    const body = FOREIGN[nameOf(route)]?.body;
    for (const id of NO_IDS) {
      const response = await owner.request(route.method, fillWith(route.path, id), body);
      expect([id, ...(await codeOf(response))]).toEqual([id, 404, "resource.not_found"]);
    }
  },
);

/** Register data, the same for every organisation, and what each organisation keeps of it for itself. */
const SHARED = new Set([
  "GET /api/v2/companies/:siren/status",
  "PUT /api/v2/companies/:siren/status",
  "DELETE /api/v2/companies/:siren/status",
  "GET /api/v2/companies/:siren/notes",
  "POST /api/v2/companies/:siren/notes",
  "GET /api/v2/companies/:siren",
  "GET /api/v2/companies/:siren/score",
  "DELETE /api/v2/companies/:siren/cache",
]);

/** Of the whole service: the operator's alone. */
const OPERATED = new Set([
  "POST /api/v2/admin/queues/:queue/pause",
  "POST /api/v2/admin/queues/:queue/resume",
  "POST /api/v2/admin/dead-letters/:id/redrive",
  "DELETE /api/v2/admin/dead-letters/:id",
]);

interface ForeignObject {
  table: string;
  mint: (stranger: Member) => Promise<string>;
  /** A body that would be accepted for an object of one's own. */
  body?: object;
}

async function mintForeignKey({ organisationId }: Member): Promise<string> {
  await mintKey(organisationId);
  const [row] = await database().query("select id from api_keys where organisation_id = $1", [
    organisationId,
  ]);
  return z.string().parse(row?.["id"]);
}

async function mintInvitation({ organisationId }: Member): Promise<string> {
  const id = `inv_${crypto.randomUUID()}`;
  await database().query(
    `insert into invitations (id, organisation_id, email, role, token_hash, expires_at)
     values ($1, $2, $1 || '@example.test', 'viewer', $1, now() + interval '1 day')`,
    [id, organisationId],
  );
  return id;
}

async function mintEndpoint(stranger: Member): Promise<string> {
  const body = { url: "https://hooks.example.com/", events: ["task.completed"] };
  const created = await stranger.request("POST", "/api/v2/webhooks", body);
  return z.object({ id: z.string() }).parse(await created.json()).id;
}

const endpoint = { table: "webhook_endpoints", mint: mintEndpoint };
const task = {
  table: "tasks",
  mint: async (stranger: Member) => mintTask(stranger, [{ outcome: "cancelled" }], { status: "cancelled" }),
};
const companyExport = {
  table: "exports",
  mint: async (stranger: Member) => (await mintExport(stranger, { status: "queued" })).id,
};
const list = {
  table: "lists",
  mint: async (stranger: Member) => {
    const created = await stranger.request("POST", "/api/v2/lists", { name: "Cibles" });
    return z.object({ list_id: z.string() }).parse(await created.json()).list_id;
  },
};
const note = {
  table: "notes",
  mint: async (stranger: Member) => {
    const created = await stranger.request("POST", "/api/v2/companies/552032534/notes", {
      body: "À rappeler",
    });
    return z.object({ note_id: z.string() }).parse(await created.json()).note_id;
  },
};
const key = { table: "api_keys", mint: mintForeignKey };
const person = { table: "memberships", mint: async ({ userId }: Member) => userId };

/** Every other route with a parameter, and an object of somebody else's to try it on. */
const FOREIGN: Record<string, ForeignObject> = {
  "GET /api/v2/api-keys/:id": key,
  "PATCH /api/v2/api-keys/:id": { ...key, body: { name: "mine" } },
  "DELETE /api/v2/api-keys/:id": key,
  "POST /api/v2/api-keys/:id/rotate": { ...key, body: {} },
  "DELETE /api/v2/auth/sessions/:id": { table: "sessions", mint: async ({ sessionId }) => sessionId },
  "PATCH /api/v2/organisation/members/:user_id": { ...person, body: { role: "viewer" } },
  "DELETE /api/v2/organisation/members/:user_id": person,
  "DELETE /api/v2/organisation/invitations/:id": { table: "invitations", mint: mintInvitation },
  "GET /api/v2/tasks/:id/status": task,
  "GET /api/v2/tasks/:id/events": task,
  "GET /api/v2/tasks/:id/socket": task,
  "GET /api/v2/tasks/:id/result": task,
  "POST /api/v2/tasks/:id/cancel": task,
  "POST /api/v2/tasks/:id/retry": task,
  "GET /api/v2/exports/:id/status": companyExport,
  "POST /api/v2/exports/:id/cancel": companyExport,
  "GET /api/v2/lists/:id": list,
  "PATCH /api/v2/lists/:id": { ...list, body: { name: "mine" } },
  "DELETE /api/v2/lists/:id": list,
  "GET /api/v2/lists/:id/companies": list,
  "POST /api/v2/lists/:id/companies": { ...list, body: { sirens: ["552032534"] } },
  "DELETE /api/v2/lists/:id/companies/:siren": list,
  "PATCH /api/v2/companies/:siren/notes/:note_id": { ...note, body: { body: "mine" } },
  "DELETE /api/v2/companies/:siren/notes/:note_id": note,
  "GET /api/v2/webhooks/:id": endpoint,
  "PATCH /api/v2/webhooks/:id": { ...endpoint, body: { status: "disabled" } },
  "DELETE /api/v2/webhooks/:id": endpoint,
  "POST /api/v2/webhooks/:id/rotate-secret": endpoint,
  "POST /api/v2/webhooks/:id/test": endpoint,
  "GET /api/v2/webhooks/:id/deliveries": endpoint,
  "GET /api/v2/webhooks/:id/deliveries/:delivery_id": endpoint,
  "POST /api/v2/webhooks/:id/deliveries/:delivery_id/replay": endpoint,
};

test("every route with a parameter says whose objects it is about", () => {
  const parameterised = closed.filter(({ path }) => path.includes(":")).map(nameOf);
  expect(parameterised.sort()).toEqual([...SHARED, ...OPERATED, ...Object.keys(FOREIGN)].sort());
});

test.each(Object.entries(FOREIGN))(
  "%s answers 404 to another organisation, and nothing happens",
  async (name, { table, mint, body }) => {
    const [owner, stranger] = [await mintOwner(), await mintOwner()];
    const id = await mint(stranger);
    const rows = async (): Promise<unknown> => {
      const column = table === "memberships" ? "user_id" : "id";
      return database().query(`select to_jsonb(t) as row from ${table} t where ${column} = $1`, [id]);
    };
    const before = await rows();
    const [method = "", path = ""] = name.split(" ");
    const response = await owner.request(method, fillWith(path, id), body);
    expect(await codeOf(response)).toEqual([404, "resource.not_found"]);
    expect(before).toHaveLength(1);
    expect(await rows()).toEqual(before);
  },
);

test("a colleague's session can't be ended either", async () => {
  const owner = await mintOwner();
  const colleague = await mintMember(owner.organisationId, "viewer");
  const response = await owner.request("DELETE", `/api/v2/auth/sessions/${colleague.sessionId}`);
  expect(await codeOf(response)).toEqual([404, "resource.not_found"]);
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
