import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { systemAct } from "../../../src/cron/system-act.ts";
import { purgeWebhooks } from "../../../src/cron/jobs/purge-webhooks.ts";
import { rotateKeyring } from "../../../src/domain/accounts/rotate-keyring.ts";
import { WEBHOOK_FAULTS } from "../../../src/http/fault-texts/webhooks.ts";
import { publicUrlFault } from "../../../src/lib/public-url.ts";
import { buildServices } from "../../../src/services.ts";
import { buildBase } from "../../../src/services/base.ts";
import { buildWebhookServices } from "../../../src/services/webhook-services.ts";
import { mintKey, mintWorld, type World } from "../../support/world.ts";
import { buildBench, createHook, publish, startReceiver } from "./receiver.ts";

const JSON_TYPE = { "content-type": "application/json" };

async function call(world: World, method: string, path: string, body?: object) {
  const init = body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) };
  const response = await world.request(`/api/v2/webhooks${path}`, { method, ...init });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === "" ? null : JSON.parse(text),
  };
}

const silent = async () => undefined;

const WANTED = { url: "https://example.com/hooks", events: ["task.completed", "task.completed"] };

test("an endpoint is created, read, listed, changed and deleted, and each of it is in the audit", async () => {
  const world = await mintWorld();
  const created = await call(world, "POST", "", { ...WANTED, description: "CRM" });
  expect(created.status).toBe(201);
  expect(created.json).toEqual({
    id: expect.stringMatching(/^wh_/),
    url: WANTED.url,
    description: "CRM",
    events: ["task.completed"],
    status: "active",
    disabled_reason: null,
    failing_since: null,
    previous_secret_until: null,
    created_at: expect.any(String),
    updated_at: expect.any(String),
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
  });
  expect(created.headers.get("cache-control")).toBe("no-store");
  const { secret, ...kept } = created.json;
  const path = `/${kept.id}`;
  expect(created.headers.get("location")).toBe(`/api/v2/webhooks${path}`);
  expect((await call(world, "GET", path)).json).toEqual(kept);
  expect((await call(world, "GET", "")).json).toEqual({ data: [kept], next_cursor: null, has_more: false });
  const changed = await call(world, "PATCH", path, { events: ["company.enriched"], description: null });
  expect(changed.json).toMatchObject({ url: WANTED.url, events: ["company.enriched"], description: null });
  const off = await call(world, "PATCH", path, { status: "disabled" });
  expect(off.json).toMatchObject({ status: "disabled", disabled_reason: "requested" });
  const on = await call(world, "PATCH", path, { status: "active" });
  expect(on.json).toMatchObject({ status: "active", disabled_reason: null });
  expect((await call(world, "DELETE", path)).status).toBe(204);
  expect((await call(world, "GET", path)).status).toBe(404);
  expect((await call(world, "DELETE", path)).status).toBe(404);
  const audit = await (await world.request("/api/v2/audit-logs")).text();
  const actions = JSON.parse(audit).data.map(({ action }: { action: string }) => action);
  expect(actions).toEqual([
    "webhook.deleted",
    "webhook.changed",
    "webhook.changed",
    "webhook.changed",
    "webhook.created",
  ]);
  for (const told of [secret, "example.com", "CRM"]) expect(audit).not.toContain(told);
});

test("another organisation's endpoint is no endpoint, whatever is asked of it", async () => {
  const [world, other] = [await mintWorld(), await mintWorld()];
  const receiver = startReceiver();
  const { id } = await createHook(world, { ...WANTED, url: receiver.url });
  const [delivery] = await publish(world);
  const asked = [
    ["GET", ""],
    ["PATCH", "", { status: "disabled" }],
    ["DELETE", ""],
    ["POST", "/rotate-secret"],
    ["POST", "/test"],
    ["GET", "/deliveries"],
    ["GET", `/deliveries/${delivery}`],
    ["POST", `/deliveries/${delivery}/replay`],
  ] as const;
  for (const [method, rest, body] of asked) {
    for (const [caller, target] of [
      [other, `/${id}${rest}`],
      [world, `/wh_nobody${rest}`],
    ] as const) {
      const answer = await call(caller, method, target, body);
      expect([method, rest, answer.status, answer.json.code]).toEqual([
        method,
        rest,
        404,
        "resource.not_found",
      ]);
    }
  }
  expect((await call(other, "GET", "")).json.data).toEqual([]);
  expect((await call(world, "GET", `/${id}`)).json.status).toBe("active");
  expect(receiver.received).toEqual([]);
});

test("an organisation has twenty endpoints at most, also when they are asked for at once", async () => {
  const world = await mintWorld();
  const answers = await Promise.all(Array.from({ length: 24 }, async () => call(world, "POST", "", WANTED)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused.map(({ json }) => json.code)).toEqual(Array.from({ length: 4 }, () => "webhooks.too_many"));
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = (await call(world, "GET", `?limit=7${cursor && `&cursor=${cursor}`}`)).json;
    seen.push(...page.data.map(({ id }: { id: string }) => id));
    cursor = page.next_cursor ?? "";
  } while (cursor !== "");
  expect(seen).toHaveLength(20);
  expect(new Set(seen).size).toBe(20);
});

test.each([
  ["http://example.com/", "url_scheme"],
  ["ftp://example.com/", "url_scheme"],
  ["not a url", "url_malformed"],
  ["https://user:pass@example.com/", "url_userinfo"],
  ["https://example.com:22/", "url_port"],
  ["https://10.0.0.1/", "url_address"],
  ["https://172.16.0.1/", "url_address"],
  ["https://192.168.1.1/", "url_address"],
  ["https://169.254.169.254/latest/meta-data", "url_address"],
  ["https://100.64.0.1/", "url_address"],
  ["https://0.0.0.0/", "url_address"],
  ["https://198.18.0.1/", "url_address"],
  ["https://224.0.0.1/", "url_address"],
  ["https://[fd00::1]/", "url_address"],
  ["https://[fe80::1]/", "url_address"],
  ["https://[::ffff:10.0.0.1]/", "url_address"],
  ["https://0x0a000001/", "url_address"],
  ["https://167772161/", "url_address"],
  ["https://012.0.0.1/", "url_address"],
  ["https://metadata.internal/", "url_name"],
])("%s is refused with its reason, at creation and at change, and is not called", async (url, reason) => {
  const world = await mintWorld();
  const { id } = await createHook(world, WANTED);
  for (const answer of [
    await call(world, "POST", "", { ...WANTED, url }),
    await call(world, "PATCH", `/${id}`, { url }),
  ]) {
    expect(answer.status).toBe(400);
    const words = WEBHOOK_FAULTS[`webhooks.${reason}`]?.fr;
    expect(answer.json.errors).toEqual([{ in: "body", pointer: "/url", ...words }]);
  }
});

test.each(["http://127.0.0.1:8080/", "http://localhost/", "https://[::1]/"])(
  "%s, this very machine, is let through in development and tests only",
  async (url) => {
    const world = await mintWorld();
    expect((await call(world, "POST", "", { ...WANTED, url })).status).toBe(201);
    const base = buildBase(env);
    const shared = { keyring: buildServices(env).accounts.keyring, queue: { send: silent }, poke: silent };
    const allowed = (["development", "test", "staging", "production"] as const).map((environment) => {
      const config = { ...base.config, environment };
      return publicUrlFault(url, buildWebhookServices({ ...base, config }, shared).delivery) === null;
    });
    expect(allowed).toEqual([true, true, false, false]);
  },
);

test.each([
  ["no body", "POST", "", {}],
  ["an unknown event", "POST", "", { ...WANTED, events: ["task.complete"] }],
  ["no event", "POST", "", { ...WANTED, events: [] }],
  ["a secret of one's own", "POST", "", { ...WANTED, secret: "whsec_AAAA" }],
  ["a description that is too long", "POST", "", { ...WANTED, description: "x".repeat(201) }],
  ["a description with a control character", "POST", "", { ...WANTED, description: "a\u0007" }],
  ["a change of nothing", "PATCH", "/wh_1", {}],
  ["a change of the secret", "PATCH", "/wh_1", { secret: "whsec_AAAA" }],
  ["an unknown status", "PATCH", "/wh_1", { status: "paused" }],
  ["a cursor of another list", "GET", "?cursor=key_1", undefined],
  ["a delivery cursor that is none", "GET", "/wh_1/deliveries?cursor=MTIz", undefined],
  ["an unknown delivery status", "GET", "/wh_1/deliveries?status=lost", undefined],
])("%s is refused, naming field and fix", async (_, method, path, body) => {
  const answer = await call(await mintWorld(), method, path, body);
  expect([answer.status, answer.json.code]).toEqual([400, "request.invalid"]);
  for (const { fix } of answer.json.errors) expect(fix.length).toBeGreaterThan(5);
});

test("without the right to webhooks there is nothing to see or do", async () => {
  const world = await mintWorld();
  const key = await mintKey(world.organisationId, { scopes: ["companies:read", "enrich:write"] });
  const response = await world.request("/api/v2/webhooks", { headers: { authorization: `Bearer ${key}` } });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: "auth.scope_missing", scope: "webhooks:write" });
});

test("a secret is in no later answer, no log and, in clear, nowhere in Postgres; it survives the rotation of keys", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const world = await mintWorld();
  const receiver = startReceiver();
  const { id, secret: first } = await createHook(world, { ...WANTED, url: receiver.url });
  const rotated = await call(world, "POST", `/${id}/rotate-secret`);
  expect(rotated.status).toBe(200);
  const second: string = rotated.json.secret;
  const overlap = Date.parse(rotated.json.previous_secret_until) - Date.now();
  expect(Math.round(overlap / 3_600_000)).toBe(24);
  const { accounts, database, now } = buildServices(env);
  await rotateKeyring(accounts.rotation, systemAct(now()), ["secrets"]);
  const { id: keyId } = await accounts.keyring.current("secrets");
  const [row] = await database.query("select * from webhook_endpoints where id = $1", [id]);
  expect(String(row?.["secret"]).startsWith(`${keyId}:`)).toBe(true);
  expect(String(row?.["previous_secret"]).startsWith(`${keyId}:`)).toBe(true);

  const tested = await call(world, "POST", `/${id}/test`);
  expect(tested.json).toMatchObject({ status: "delivered", origin: "test", attempt_count: 1 });
  for (const secret of [first, second])
    expect(receiver.verify(secret)).toMatchObject({ type: "task.completed" });

  const answers = [
    tested,
    await call(world, "GET", `/${id}`),
    await call(world, "GET", ""),
    await call(world, "GET", `/${id}/deliveries`),
  ];
  const rows = await database.query(
    `select row_to_json(e)::text as it from webhook_endpoints e where organisation_id = $1
     union all select record::text from audit_outbox where organisation_id = $1`,
    [world.organisationId],
  );
  const written = log.mock.calls.flat().join("\n");
  const everything = [...answers.map(({ text }) => text), JSON.stringify(rows), written].join("\n");
  for (const secret of [first, second]) {
    expect(everything).not.toContain(secret.slice("whsec_".length, -1));
  }
  expect(written).toContain("webhook_attempted");
  expect(written).not.toContain("secret-of-the-query");
});

test("the old secret signs for 24 hours and no more, and is then forgotten", async () => {
  const world = await mintWorld();
  const receiver = startReceiver();
  const { id, secret: first } = await createHook(world, { ...WANTED, url: receiver.url });
  const { secret: second } = (await call(world, "POST", `/${id}/rotate-secret`)).json;
  const clock = { now: Date.now() + 24 * 3_600_000 + 1_000 };
  const { deliver } = buildBench(clock);
  vi.useFakeTimers({ toFake: ["Date"], now: clock.now });
  try {
    const [delivery = ""] = await publish(world);
    await deliver(delivery);
    expect(receiver.verify(second)).toMatchObject({ type: "task.completed" });
    expect(() => receiver.verify(first)).toThrow("No matching signature");
    await purgeWebhooks(buildServices(env));
  } finally {
    vi.useRealTimers();
  }
  const [row] = await world.database.query("select previous_secret from webhook_endpoints where id = $1", [
    id,
  ]);
  expect(row).toEqual({ previous_secret: null });
});
