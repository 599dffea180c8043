import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { systemAct } from "../../../src/cron/system-act.ts";
import { purgeWebhooks } from "../../../src/cron/jobs/purge-webhooks.ts";
import { auditRecord } from "../../../src/domain/audit/audit-record.ts";
import { rotateKeyring } from "../../../src/domain/accounts/rotate-keyring.ts";
import { scoreCompany } from "../../../src/domain/scoring/score-company.ts";
import { rotateSecret } from "../../../src/domain/webhooks/rotate-secret.ts";
import { WEBHOOK_FAULTS } from "../../../src/http/fault-texts/webhooks.ts";
import { publicUrlFault } from "../../../src/lib/public-url.ts";
import { buildServices } from "../../../src/services.ts";
import { buildBase } from "../../../src/services/base.ts";
import { buildWebhookServices } from "../../../src/services/webhook-services.ts";
import { CompanyRepository } from "../../../src/storage/postgres/company-repository.ts";
import { buildFacts } from "../../support/build-facts.ts";
import { mintKey, mintWorld, type World } from "../../support/world.ts";
import { mintTestKey } from "../jobs/task-world.ts";
import { buildBench, createHook, publish, startReceiver } from "./receiver.ts";

const JSON_TYPE = { "content-type": "application/json" };

type Caller = Pick<World, "request">;

async function call(world: Caller, method: string, path: string, body?: object) {
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
    mode: "live",
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

/** The same organisation with a test key. */
async function withTestKey({ organisationId, request }: World): Promise<Caller> {
  const authorization = `Bearer ${await mintTestKey(organisationId)}`;
  return {
    request: async (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set("authorization", authorization);
      return request(path, { ...init, headers: Object.fromEntries(headers) });
    },
  };
}

test("live and test endpoints are worlds apart: the key of one sees, changes and tries nothing of the other", async () => {
  const world = await mintWorld();
  const asTest = await withTestKey(world);
  const [liveReceiver, testReceiver] = [startReceiver(), startReceiver()];
  const live = await createHook(world, { ...WANTED, url: liveReceiver.url });
  const test = await createHook(asTest, { ...WANTED, url: testReceiver.url });
  const [liveDelivery, ...others] = await publish(world);
  const [testDelivery, ...more] = await publish(world, { mode: "test" });
  expect([others, more]).toEqual([[], []]);
  const sides = [
    { own: world, other: asTest, id: live.id, delivery: liveDelivery, mode: "live", receiver: liveReceiver },
    { own: asTest, other: world, id: test.id, delivery: testDelivery, mode: "test", receiver: testReceiver },
  ];
  for (const { own, other, id, delivery, mode, receiver } of sides) {
    const before = (await call(own, "GET", `/${id}`)).json;
    expect(before).toMatchObject({ id, mode, url: receiver.url });
    const list = (await call(own, "GET", "")).json;
    expect(list.data.map((one: { id: string }) => one.id)).toEqual([id]);
    const refused = [
      await call(other, "GET", `/${id}`),
      await call(other, "PATCH", `/${id}`, { url: "https://elsewhere.example.com/" }),
      await call(other, "POST", `/${id}/rotate-secret`),
      await call(other, "POST", `/${id}/test`),
      await call(other, "GET", `/${id}/deliveries`),
      await call(other, "GET", `/${id}/deliveries/${delivery}`),
      await call(other, "POST", `/${id}/deliveries/${delivery}/replay`),
      await call(other, "DELETE", `/${id}`),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 404));
    expect((await call(own, "GET", `/${id}`)).json).toEqual(before);
    expect((await call(own, "GET", `/${id}/deliveries`)).json.data).toHaveLength(1);
    expect(receiver.received).toEqual([]);
    expect((await call(own, "POST", `/${id}/test`)).json).toMatchObject({ status: "delivered" });
    expect(receiver.received).toHaveLength(1);
    expect((await call(own, "DELETE", `/${id}`)).status).toBe(204);
  }
});

test("the end of a test key's task is told to test endpoints, and to no live one", async () => {
  const world = await mintWorld();
  const asTest = await withTestKey(world);
  const [receiver, tests] = [startReceiver(), startReceiver()];
  await createHook(world, { ...WANTED, url: receiver.url });
  await createHook(asTest, { ...WANTED, url: tests.url });
  const accepted = await asTest.request("/api/v2/scraping/enrich-async", {
    method: "POST",
    headers: JSON_TYPE,
    body: JSON.stringify({ siren: "552032534" }),
  });
  expect(accepted.status).toBe(202);
  await vi.waitFor(() => expect(tests.received).toHaveLength(1), { timeout: 15_000, interval: 200 });
  const deliveries = await world.database.query(
    `select e.mode from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
     where e.organisation_id = $1`,
    [world.organisationId],
  );
  expect(deliveries).toEqual([{ mode: "test" }]);
  expect(receiver.received).toEqual([]);
});

test("an enrichment whose save failed is told all the same, with the record that is written later", async () => {
  const world = await mintWorld();
  const { id } = await createHook(world, { ...WANTED, events: ["company.enriched"] });
  const { delivery } = buildServices(env).webhooks;
  const siren = world.siren();
  const facts = buildFacts({ siren });
  const score = scoreCompany({ facts, sector: null, at: new Date().toISOString() });
  const record = auditRecord(
    { ...systemAct(Date.now()), newId: delivery.newId },
    {
      organisationId: world.organisationId,
      actor: { kind: "key", id: "key_1" },
      action: "company.enriched",
      resource: { kind: "company", id: siren },
      outcome: "success",
      details: { sources: "insee", credits: 0 },
    },
  );
  const companies = new CompanyRepository(buildBase(env).database);
  const told = await companies.record(record, { siren, score });
  expect(told).toEqual([record.id.replace("aud_", "evt_")]);
  const { data } = (await call(world, "GET", `/${id}/deliveries`)).json;
  expect(data).toMatchObject([{ event_id: told[0], event_type: "company.enriched" }]);
  const [entry] = JSON.parse(
    await (await world.request("/api/v2/audit-logs?action=company.enriched")).text(),
  ).data;
  expect(entry).toMatchObject({ resource: { id: siren } });
});

test("an organisation has twenty endpoints at most, also when they are asked for at once", async () => {
  const world = await mintWorld();
  const answers = await Promise.all(Array.from({ length: 24 }, async () => call(world, "POST", "", WANTED)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused.map(({ json }) => json.code)).toEqual(Array.from({ length: 4 }, () => "webhooks.too_many"));
  expect((await call(await withTestKey(world), "POST", "", WANTED)).status).toBe(201);
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

test("a rotation repeated because its answer was lost leaves the secret that receivers use in force", async () => {
  const world = await mintWorld();
  const { id, secret: inUse } = await createHook(world, WANTED);
  const { delivery, endpoints, secrets } = buildServices(env).webhooks;
  const rotate = async (operationId: string | null) =>
    rotateSecret(
      { endpoints, secrets },
      {
        organisationId: world.organisationId,
        mode: "live",
        actor: { kind: "key", id: "key_1" },
        context: { ...systemAct(Date.now()), newId: delivery.newId },
      },
      { id, operationId },
    );
  const kept = async () => {
    const [row] = await world.database.query(
      "select secret, previous_secret from webhook_endpoints where id = $1",
      [id],
    );
    const sealed = [row?.["secret"], row?.["previous_secret"]].map(String);
    return Promise.all(sealed.map(async (one) => secrets.open(one, id)));
  };
  await rotate("op_1");
  const repeated = await rotate("op_1");
  expect(await kept()).toEqual([repeated.secret, inUse]);
  const next = await rotate("op_2");
  expect(await kept()).toEqual([next.secret, repeated.secret]);
  const [unnamed, last] = [await rotate(null), await rotate(null)];
  expect(await kept()).toEqual([last.secret, unnamed.secret]);
});
