import { z } from "zod";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hashApiKey, isApiKeyShape } from "../../../src/auth/api-key.ts";
import { KEY_CAPS } from "../../../src/domain/accounts/keys/api-key.ts";
import { KEY_SCOPES, type Plan } from "../../../src/domain/accounts/principal.ts";
import { ApiKey, CreatedApiKey } from "../../../src/http/routes/api-keys/schema.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { ApiKeyRepository } from "../../../src/storage/postgres/api-key-repository.ts";
import { mintSiren } from "../../support/mint-siren.ts";
import { type Member, mintMember, mintOwner } from "../../support/members.ts";
import { database, mintAddress, mintKey, send } from "../../support/world.ts";

const KEYS = "/api/v2/api-keys";
const DAY_MS = 86_400_000;
const Page = z.object({ data: z.array(ApiKey), next_cursor: z.string().nullable(), has_more: z.boolean() });

afterEach(() => {
  vi.useRealTimers();
});

const body = { name: "Import de nuit", scopes: ["companies:read"] };

async function create(owner: Member, overrides: object = {}): Promise<z.infer<typeof CreatedApiKey>> {
  const response = await owner.request("POST", KEYS, { ...body, ...overrides });
  expect(response.status).toBe(201);
  return CreatedApiKey.parse(await response.json());
}

async function rotate(owner: Member, id: string, overlap_seconds?: number): Promise<Response> {
  return owner.request("POST", `${KEYS}/${id}/rotate`, { overlap_seconds });
}

async function rotated(owner: Member, id: string, overlap?: number): Promise<z.infer<typeof CreatedApiKey>> {
  const response = await rotate(owner, id, overlap);
  expect(response.status).toBe(201);
  return CreatedApiKey.parse(await response.json());
}

async function load(owner: Member, id: string): Promise<z.infer<typeof ApiKey>> {
  return ApiKey.parse(await (await owner.request("GET", `${KEYS}/${id}`)).json());
}

/** The status of a read with the key: 404 when it opens the route, 401 when it does not. */
async function use(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}`, "cf-connecting-ip": mintAddress() };
  const unstored = `https://api.test/api/v2/companies/${mintSiren("nobody stores this one")}`;
  return (await send(new Request(unstored, { headers }))).status;
}

async function acts(owner: Member): Promise<{ action: string; resource: unknown; details: unknown }[]> {
  const rows = await database().query(
    `select record from audit_outbox where organisation_id = $1
     union all select jsonb_build_object('action', action, 'resource',
       jsonb_build_object('kind', resource_kind, 'id', resource_id), 'details', details)
     from audit_logs where organisation_id = $1`,
    [owner.organisationId],
  );
  return rows.map((row) => row["record"]);
}

const codeOf = async (response: Response): Promise<unknown> =>
  z.object({ code: z.string() }).parse(await response.json()).code;

function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

describe("a created key", () => {
  test("is shown once, opens what its scopes say, and is stored as a hash", async () => {
    const owner = await mintOwner();
    const expires_at = new Date(Date.now() + DAY_MS).toISOString();
    const response = await owner.request("POST", KEYS, { ...body, expires_at });
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { key, ...shown } = CreatedApiKey.parse(await response.json());
    expect(response.headers.get("location")).toBe(`${KEYS}/${shown.id}`);
    expect(key).toMatch(/^mai_live_/);
    expect(isApiKeyShape(key)).toBe(true);
    expect(shown).toMatchObject({ ...body, mode: "live", created_by: owner.userId, expires_at });
    expect(key.startsWith(shown.prefix)).toBe(true);
    expect(await use(key)).toBe(404);

    const again = await owner.request("GET", `${KEYS}/${shown.id}`);
    const text = await again.text();
    const [stored] = await database().query("select * from api_keys where id = $1", [shown.id]);
    expect(text).not.toContain(key);
    expect(text).not.toContain(stored?.["hash"]);
    expect(JSON.stringify(stored)).not.toContain(key);
    expect(await acts(owner)).toMatchObject([
      {
        action: "key.created",
        resource: { kind: "key", id: shown.id },
        details: { mode: "live", scopes: "companies:read", expires_at },
      },
    ]);
  });

  test("carries its scopes once each and no other", async () => {
    const owner = await mintOwner();
    const created = await create(owner, { scopes: ["usage:read", "usage:read"], mode: "test" });
    expect(created.key).toMatch(/^mai_test_/);
    expect(created).toMatchObject({ scopes: ["usage:read"], mode: "test" });
    expect(await use(created.key)).toBe(403);
  });

  test("expires by itself", async () => {
    const owner = await mintOwner();
    const { key } = await create(owner, { expires_at: new Date(Date.now() + 60_000).toISOString() });
    expect(await use(key)).toBe(404);
    later(66_000);
    expect(await use(key)).toBe(401);
  });

  test.each([
    ["no name", { name: " " }, "/name", /au moins/],
    ["a long name", { name: "x".repeat(101) }, "/name", /100/],
    ["a name with control characters", { name: "a\u0000b" }, "/name", /contrôle/],
    ["no scope", { scopes: [] }, "/scopes", /au moins/],
    ["a scope with a slip", { scopes: ["company:read"] }, "/scopes/0", /« companies:read »/],
    ["a scope for people", { scopes: ["keys:write"] }, "/scopes/0", /companies:read/],
    ["a mode that is none", { mode: "prod" }, "/mode", /live, test/],
    ["a date without a time zone", { expires_at: "2027-06-30T22:00:00" }, "/expires_at", /fuseau/],
    ["a date that is none", { expires_at: "2027-02-30T22:00:00Z" }, "/expires_at", /RFC 3339/],
    ["a date in the past", { expires_at: "2020-01-01T00:00:00Z" }, "/expires_at", /passée/],
    [
      "a date six years away",
      { expires_at: new Date(Date.now() + 6 * 366 * DAY_MS) },
      "/expires_at",
      /cinq ans/,
    ],
    ["an unknown member", { expiry: 1 }, "/expiry", /expires_at/],
    ["a hash of one's own", { hash: "x" }, "/hash", /name/],
  ])("is refused with %s, by a 400 that names the field and the fix", async (_, change, pointer, words) => {
    const owner = await mintOwner();
    const response = await owner.request("POST", KEYS, { ...body, ...change });
    expect(response.status).toBe(400);
    const { errors } = z
      .object({ errors: z.array(z.object({ pointer: z.string(), message: z.string(), fix: z.string() })) })
      .parse(await response.json());
    const found = errors.find((one) => one.pointer === pointer);
    expect(`${found?.message} ${found?.fix}`).toMatch(words);
    expect(await acts(owner)).toEqual([]);
  });
});

test("keys are listed newest first, page by page, without their secrets", async () => {
  const owner = await mintOwner();
  const ids: string[] = [];
  for (const step of [1, 2, 3, 4, 5]) {
    later(step);
    ids.unshift((await create(owner, { name: `key ${step}` })).id);
  }
  const seen: string[] = [];
  let query = "?limit=2";
  for (let more = true; more;) {
    const response = await owner.request("GET", KEYS + query);
    expect(response.status).toBe(200);
    const page = Page.parse(await response.json());
    seen.push(...page.data.map(({ id }) => id));
    query = `?limit=2&cursor=${page.next_cursor}`;
    more = page.has_more;
    expect(page.next_cursor === null).toBe(!more);
  }
  expect(seen).toEqual(ids);
  for (const wrong of ["?limit=0", "?limit=101", "?limit=x", "?cursor=nothing", "?page=2", "?cursor=%00"]) {
    expect((await owner.request("GET", KEYS + wrong)).status).toBe(400);
  }
});

test("a key is renamed, and nothing else of it", async () => {
  const owner = await mintOwner();
  const { id } = await create(owner);
  const response = await owner.request("PATCH", `${KEYS}/${id}`, { name: "  Import de jour " });
  expect(await response.json()).toMatchObject({ id, name: "Import de jour", scopes: ["companies:read"] });
  const refused = await owner.request("PATCH", `${KEYS}/${id}`, { scopes: [...KEY_SCOPES] });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain("ne changent jamais");
  expect((await acts(owner)).filter(({ action }) => action === "key.renamed")).toHaveLength(1);
});

describe("a rotation", () => {
  test("gives a like key, and the old one lives for the overlap", async () => {
    const owner = await mintOwner();
    const expires_at = new Date(Date.now() + 90 * DAY_MS).toISOString();
    const old = await create(owner, { mode: "test", expires_at });
    const replacement = await rotated(owner, old.id, 3_600);
    expect(replacement.key).toMatch(/^mai_test_/);
    expect(replacement).toMatchObject({ name: old.name, scopes: old.scopes, mode: "test", expires_at });
    expect(await load(owner, old.id)).toMatchObject({ replaced_by: replacement.id, revoked_at: null });
    expect([await use(old.key), await use(replacement.key)]).toEqual([404, 404]);
    later(3_606_000);
    expect([await use(old.key), await use(replacement.key)]).toEqual([401, 404]);
    expect((await acts(owner)).map(({ action }) => action).sort()).toEqual(["key.created", "key.rotated"]);
  });

  test("keeps the old key for a day when nothing else is said, and for nothing when told so", async () => {
    const owner = await mintOwner();
    const [first, second] = [await create(owner), await create(owner)];
    const before = Date.now();
    await rotated(owner, first.id);
    await rotated(owner, second.id, 0);
    const until = Date.parse((await load(owner, first.id)).expires_at ?? "");
    expect(until).toBeGreaterThanOrEqual(before + DAY_MS);
    expect(until).toBeLessThanOrEqual(Date.now() + DAY_MS);
    expect([await use(first.key), await use(second.key)]).toEqual([404, 401]);
  });

  test("never makes the old key live longer than it would have", async () => {
    const owner = await mintOwner();
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const old = await create(owner, { expires_at });
    await rotated(owner, old.id, 30 * 86_400);
    expect((await load(owner, old.id)).expires_at).toBe(expires_at);
  });

  test("succeeds once when ten are asked for at the same time", async () => {
    const owner = await mintOwner();
    const old = await create(owner);
    const answers = await Promise.all(Array.from({ length: 10 }, async () => rotate(owner, old.id)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 409));
    for (const one of refused) expect(await codeOf(one)).toBe("keys.not_active");
    const rows = await database().query("select id from api_keys where organisation_id = $1", [
      owner.organisationId,
    ]);
    expect(rows).toHaveLength(2);
    expect(await acts(owner)).toHaveLength(2);
  });

  test.each([
    ["revoked", "revoked_at = now()"],
    ["expired", "expires_at = now() - interval '1 second'"],
    ["replaced", "replaced_by = 'key_other'"],
  ])("of a key that is %s is refused", async (_, change) => {
    const owner = await mintOwner();
    const { id } = await create(owner);
    await database().query(`update api_keys set ${change} where id = $1`, [id]);
    const response = await rotate(owner, id);
    expect(response.status).toBe(409);
    expect(await codeOf(response)).toBe("keys.not_active");
  });

  test.each([undefined, "application/json", "text/plain"])(
    "without a body (content type: %s) is with all defaults",
    async (type) => {
      const owner = await mintOwner();
      const { id } = await create(owner);
      const headers = new Headers({ authorization: `Bearer ${owner.token}` });
      if (type !== undefined) headers.set("content-type", type);
      const url = `https://api.test${KEYS}/${id}/rotate`;
      const body = type === undefined ? null : "";
      const response = await send(new Request(url, { method: "POST", headers, body }));
      expect(response.status).toBe(201);
      const { expires_at, replaced_by } = await load(owner, id);
      expect(replaced_by).not.toBeNull();
      const left = Date.parse(expires_at ?? "") - Date.now();
      expect(Math.abs(left - 86_400_000)).toBeLessThan(60_000);
    },
  );

  test("with a body that is no JSON is refused", async () => {
    const owner = await mintOwner();
    const { id } = await create(owner);
    const headers = { authorization: `Bearer ${owner.token}`, "content-type": "text/plain" };
    const url = `https://api.test${KEYS}/${id}/rotate`;
    const response = await send(new Request(url, { method: "POST", headers, body: "{}" }));
    expect(response.status).toBe(415);
  });

  test.each([-1, 1.5, 30 * 86_400 + 1, "day", null])("with an overlap of %s is refused", async (overlap) => {
    const owner = await mintOwner();
    const { id } = await create(owner);
    const response = await owner.request("POST", `${KEYS}/${id}/rotate`, { overlap_seconds: overlap });
    expect(response.status).toBe(400);
    expect((await load(owner, id)).replaced_by).toBeNull();
  });
});

describe("a revoked key", () => {
  test("stops everywhere within five seconds, in its overlap too", async () => {
    const owner = await mintOwner();
    const old = await create(owner);
    await rotated(owner, old.id, 3_600);
    expect(await use(old.key)).toBe(404);
    expect((await owner.request("DELETE", `${KEYS}/${old.id}`)).status).toBe(204);
    later(5_001);
    expect(await use(old.key)).toBe(401);
  });

  test("stays revoked when it is revoked again, and the audit holds one act", async () => {
    const owner = await mintOwner();
    const { id } = await create(owner);
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await owner.request("DELETE", `${KEYS}/${id}`)).status),
    );
    expect(statuses).toEqual([204, 204, 204, 204, 204]);
    const { revoked_at } = await load(owner, id);
    expect((await owner.request("DELETE", `${KEYS}/${id}`)).status).toBe(204);
    expect((await load(owner, id)).revoked_at).toBe(revoked_at);
    expect((await acts(owner)).filter(({ action }) => action === "key.revoked")).toHaveLength(1);
  });
});

async function fill(owner: Member, count: number): Promise<void> {
  for (let made = 0; made < count; made++) await mintKey(owner.organisationId);
}

describe("the cap on keys in use", () => {
  test.each([
    ["free", 5],
    ["pro", 20],
  ] satisfies [Plan, number][])(
    "of the plan %s is %d, also for those who ask at the same time",
    async (plan, cap) => {
      expect(KEY_CAPS[plan]).toBe(cap);
      const owner = await mintOwner(plan);
      await fill(owner, cap - 3);
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => owner.request("POST", KEYS, body)),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      const refused = answers.filter(({ status }) => status !== 201);
      for (const one of refused) expect([one.status, await codeOf(one)]).toEqual([409, "keys.too_many"]);
      expect(await acts(owner)).toHaveLength(3);
    },
  );

  test("counts neither revoked nor expired keys", async () => {
    const owner = await mintOwner("free");
    await fill(owner, 5);
    expect((await owner.request("POST", KEYS, body)).status).toBe(409);
    await database().query(
      `update api_keys set revoked_at = now() where id = (
         select id from api_keys where organisation_id = $1 limit 1)`,
      [owner.organisationId],
    );
    await create(owner);
    expect((await owner.request("POST", KEYS, body)).status).toBe(409);
    await database().query("update api_keys set expires_at = now() where organisation_id = $1", [
      owner.organisationId,
    ]);
    await create(owner);
  });

  test("lets every key be rotated, and stops whoever rotates to have more of them", async () => {
    const owner = await mintOwner("free");
    let { id } = await create(owner);
    await fill(owner, 4);
    for (let round = 0; round < 5; round++) id = (await rotated(owner, id)).id;
    const refused = await rotate(owner, id);
    expect([refused.status, await codeOf(refused)]).toEqual([409, "keys.too_many"]);
    // A leaked key can always be replaced at once.
    expect((await rotate(owner, id, 0)).status).toBe(201);
  });
});

describe("whose keys", () => {
  test.each(["analyst", "viewer", "auditor"] as const)(
    "a person who is %s has no say in keys",
    async (role) => {
      const owner = await mintOwner();
      const { id } = await create(owner);
      const member = await mintMember(owner.organisationId, role);
      for (const [method, path] of [
        ["GET", KEYS],
        ["POST", KEYS],
        ["GET", `${KEYS}/${id}`],
        ["PATCH", `${KEYS}/${id}`],
        ["POST", `${KEYS}/${id}/rotate`],
        ["DELETE", `${KEYS}/${id}`],
      ] as const) {
        const response = await member.request(method, path, method === "GET" ? undefined : {});
        expect([response.status, await codeOf(response)]).toEqual([403, "auth.scope_missing"]);
      }
      expect((await load(owner, id)).revoked_at).toBeNull();
    },
  );

  test("no key makes keys, whatever its scopes", async () => {
    const owner = await mintOwner();
    const { key } = await create(owner, { scopes: [...KEY_SCOPES] });
    const headers = { authorization: `Bearer ${key}` };
    const response = await send(new Request(`https://api.test${KEYS}`, { method: "POST", headers }));
    expect([response.status, await codeOf(response)]).toEqual([403, "auth.session_required"]);
  });

  test("another organisation's key is not there: neither read, renamed, rotated nor revoked", async () => {
    const [owner, stranger] = [await mintOwner(), await mintOwner()];
    const { id, key } = await create(owner);
    for (const response of [
      await stranger.request("GET", `${KEYS}/${id}`),
      await stranger.request("PATCH", `${KEYS}/${id}`, { name: "mine" }),
      await stranger.request("POST", `${KEYS}/${id}/rotate`, {}),
      await stranger.request("DELETE", `${KEYS}/${id}`),
    ]) {
      expect([response.status, await codeOf(response)]).toEqual([404, "resource.not_found"]);
    }
    expect(Page.parse(await (await stranger.request("GET", KEYS)).json()).data).toEqual([]);
    expect(await load(owner, id)).toMatchObject({ name: body.name, revoked_at: null, replaced_by: null });
    expect(await use(key)).toBe(404);
    expect(await acts(stranger)).toEqual([]);
  });
});

test("the use of a key is noted, to the hour", async () => {
  const owner = await mintOwner();
  const { id, key } = await create(owner);
  expect((await load(owner, id)).last_used_at).toBeNull();
  await use(key);
  await vi.waitFor(async () => {
    expect((await load(owner, id)).last_used_at).not.toBeNull();
  });
  const { last_used_at } = await load(owner, id);
  later(6_000);
  await use(key);
  await database().query("select pg_sleep(0.2)", []);
  expect((await load(owner, id)).last_used_at).toBe(last_used_at);
});

test("a use that can't be noted costs the request nothing, and is logged without the key", async () => {
  const owner = await mintOwner();
  const { id, key } = await create(owner);
  const db = database();
  const query = db.query.bind(db);
  vi.spyOn(db, "query").mockImplementation((text, ...rest) => {
    if (text.trimStart().startsWith("update")) throw new Error("read-only transaction");
    return query(text, ...rest);
  });
  const lines: string[] = [];
  const background: Promise<void>[] = [];
  const log = new Logger({ level: "info", write: (line) => lines.push(line), now: Date.now });
  const keys = new ApiKeyRepository(db, { log, background: (work) => background.push(work) });
  const found = await keys.findByHash(await hashApiKey(key));
  expect(found?.principal.actor).toEqual({ kind: "key", id });
  await Promise.all(background);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("key_use_not_noted");
  expect(lines[0]).not.toContain(key);
});
