import { abortAllDurableObjects, createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Company } from "../../../src/domain/companies/company.ts";
import { Problem } from "../../../src/http/problem.ts";
import { CreatedApiKey } from "../../../src/http/routes/api-keys/schema.ts";
import { sha256Hex } from "../../../src/lib/digest.ts";
import worker from "../../../src/worker.ts";
import { mintEmail } from "../../support/accounts.ts";
import { forgetful, keeperName, keeperOf, storedIn } from "../../support/idempotency.ts";
import { type Member, mintOwner } from "../../support/members.ts";
import { database, mintAddress, mintWorld, send } from "../../support/world.ts";

const KEYS = "/api/v2/api-keys";
const MINUTE_MS = 60_000;
const BODY = { name: "Import de nuit", scopes: ["companies:read"] };

afterEach(() => {
  vi.useRealTimers();
});

function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

interface Post {
  token?: string;
  key?: string;
  body?: unknown;
  address?: string;
}

/** As JSON; a body that is text goes as it is. */
function postOf(path: string, { token, key, body = BODY, address }: Post): Request {
  const headers = new Headers({
    "content-type": "application/json",
    "cf-connecting-ip": address ?? mintAddress(),
    "accept-language": "en",
  });
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  if (key !== undefined) headers.set("idempotency-key", key);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request(`https://api.test${path}`, { method: "POST", headers, body: text });
}

async function post(path: string, options: Post): Promise<Response> {
  return send(postOf(path, options));
}

async function sendWith(settings: Env, request: Request): Promise<Response> {
  const context = createExecutionContext();
  const response = await worker.fetch(request, settings, context);
  await waitOnExecutionContext(context);
  return response;
}

const unreachable: Env = Object.assign({}, env, {
  IDEMPOTENCY: {
    getByName: () => {
      throw new Error("unreachable");
    },
  },
});

async function createKey({ token }: Member, key: string, body: object = BODY): Promise<Response> {
  return post(KEYS, { token, key, body });
}

async function keysOf({ organisationId }: { organisationId: string }): Promise<number> {
  const [row] = await database().query(
    "select count(*)::int as n from api_keys where organisation_id = $1 and created_by is not null",
    [organisationId],
  );
  return Number(row?.["n"]);
}

async function problemOf(response: Response): Promise<Problem> {
  return Problem.parse(await response.json());
}

describe("the same request twice", () => {
  test("creates one API key and shows it again, byte for byte", async () => {
    const owner = await mintOwner();
    const [first, second] = [await createKey(owner, "k1"), await createKey(owner, '"k1"')];
    expect([first.status, second.status]).toEqual([201, 201]);
    const [body, again] = [await first.text(), await second.text()];
    expect(again).toBe(body);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    for (const name of ["content-type", "location", "cache-control"]) {
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    expect(second.headers.has("ratelimit")).toBe(true);
    expect(await keysOf(owner)).toBe(1);
  });

  test("leaves no secret in clear in the object that keeps the answer", async () => {
    const owner = await mintOwner();
    const { key, id } = CreatedApiKey.parse(await (await createKey(owner, "secret")).json());
    const stored = await storedIn(await keeperOf(owner, "secret"));
    expect(stored).toContain("noise");
    for (const text of [key, key.slice(9, 30), id, BODY.name]) expect(stored).not.toContain(text);
  });

  test("is remembered when the object was evicted in between", async () => {
    const owner = await mintOwner();
    const first = await (await createKey(owner, "evicted")).text();
    await abortAllDurableObjects();
    const second = await createKey(owner, "evicted");
    expect(await second.text()).toBe(first);
    expect(await keysOf(owner)).toBe(1);
  });

  test("enriches once, at the cost that was told the first time", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    const body = { siren, sources: ["recherche_entreprises", "pappers"], max_age: 0 };
    const request = { token: world.key, key: "paid", body };
    const first = await post("/api/v2/scraping/enrich", request);
    const second = await post("/api/v2/scraping/enrich", request);
    expect([first.status, second.status]).toEqual([200, 200]);
    const text = await first.text();
    expect(Company.parse(JSON.parse(text)).siren).toBe(siren);
    expect(await second.text()).toBe(text);
    expect(Number(first.headers.get("x-cost-credits"))).toBeGreaterThan(0);
    for (const name of ["x-cost-credits", "x-cost-euros", "age", "cache-status"]) {
      expect(second.headers.get(name)).toBe(first.headers.get(name));
    }
    expect((await world.calls(siren))["pappers"]).toBe(1);
  });

  test("registers one organisation, for one network; another network's same key is its own", async () => {
    const body = {
      organisation: "Atelier",
      name: "Marie Petit",
      email: mintEmail(),
      password: `phare ${crypto.randomUUID()}`,
    };
    const address = mintAddress();
    const register = { key: "sign-up", body, address };
    const [first, second] = [
      await post("/api/v2/auth/register", register),
      await post("/api/v2/auth/register", register),
    ];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await second.text()).toBe(await first.text());
    const elsewhere = await post("/api/v2/auth/register", { ...register, address: mintAddress() });
    expect(elsewhere.headers.get("idempotent-replayed")).toBeNull();
    const keeper = env.IDEMPOTENCY.getByName(await keeperName(`network:${address}`, "sign-up"));
    const stored = await storedIn(keeper);
    for (const text of [body.email, body.password, await sha256Hex(JSON.stringify(body))]) {
      expect(stored).not.toContain(text);
    }
  });

  test("invites and rotates once", async () => {
    const owner = await mintOwner();
    const { id } = CreatedApiKey.parse(await (await createKey(owner, "to rotate")).json());
    for (const [path, body] of [
      ["/api/v2/organisation/invitations", { email: mintEmail(), role: "viewer" }],
      [`${KEYS}/${id}/rotate`, ""],
    ] as const) {
      const [first, second] = [
        await post(path, { token: owner.token, key: path, body }),
        await post(path, { token: owner.token, key: path, body }),
      ];
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(await second.text()).toBe(await first.text());
      expect(second.headers.get("idempotent-replayed")).toBe("true");
    }
    expect(await keysOf(owner)).toBe(2);
  });
});

test("100 requests at once under one key create one API key: the others get its answer, or 409", async () => {
  const owner = await mintOwner();
  const answers = await Promise.all(Array.from({ length: 100 }, async () => createKey(owner, "storm")));
  const created = answers.filter(({ status }) => status === 201);
  const waiting = answers.filter(({ status }) => status === 409);
  expect(created.length).toBeGreaterThan(0);
  expect(created.length + waiting.length).toBe(100);
  expect(created.filter(({ headers }) => !headers.has("idempotent-replayed"))).toHaveLength(1);
  expect(new Set(await Promise.all(created.map(async (one) => one.text()))).size).toBe(1);
  for (const one of waiting) expect(one.headers.get("retry-after")).toMatch(/^[12]$/);
  expect(await keysOf(owner)).toBe(1);
});

describe("another request under a key that was used", () => {
  test("is refused with 422, whatever differs, and creates nothing", async () => {
    const owner = await mintOwner();
    const { id } = CreatedApiKey.parse(await (await createKey(owner, "used")).json());
    const answers = [
      await createKey(owner, "used", { ...BODY, name: "Autre" }),
      await post(`${KEYS}/${id}/rotate`, { token: owner.token, key: "used", body: {} }),
      await post("/api/v2/scraping/enrich?provenance=true", { token: owner.token, key: "used" }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(await problemOf(answer)).toMatchObject({ code: "idempotency.mismatch", retryable: false });
    }
    expect(await keysOf(owner)).toBe(1);
  });

  test("is welcome in another organisation: keys there are its own", async () => {
    const owners = [await mintOwner(), await mintOwner()];
    const answers = await Promise.all(owners.map(async (owner) => createKey(owner, "shared")));
    const keys = await Promise.all(answers.map(async (one) => CreatedApiKey.parse(await one.json()).key));
    expect(new Set(keys).size).toBe(2);
  });
});

describe("a request under a key that is in use", () => {
  test("gets 409 with Retry-After while the first is under way, and is carried out when its Worker died", async () => {
    const owner = await mintOwner();
    const keeper = await keeperOf(owner, "busy");
    expect((await keeper.claim("a Worker that dies")).state).toBe("new");
    const refused = await createKey(owner, "busy");
    expect(refused.status).toBe(409);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect(await problemOf(refused)).toMatchObject({ code: "idempotency.in_flight", retryable: true });
    expect(await keysOf(owner)).toBe(0);
    later(MINUTE_MS + 1);
    expect((await createKey(owner, "busy")).status).toBe(201);
    expect(await keeper.complete("a Worker that dies", "too late")).toBe(false);
    const replayed = await createKey(owner, "busy");
    expect(CreatedApiKey.parse(await replayed.json()).name).toBe(BODY.name);
  });
});

describe("a request that fails", () => {
  test("frees its key and leaves nothing behind", async () => {
    const owner = await mintOwner();
    const refused = await createKey(owner, "fixed later", { ...BODY, scopes: ["nothing"] });
    expect(refused.status).toBe(400);
    expect(await storedIn(await keeperOf(owner, "fixed later"))).toBe("[]");
    expect((await createKey(owner, "fixed later")).status).toBe(201);
  });

  test.each(["", '"open', "x".repeat(256)])("for the key itself is told where and why: %j", async (key) => {
    const owner = await mintOwner();
    const refused = await createKey(owner, key);
    expect(refused.status).toBe(400);
    const { errors } = await problemOf(refused);
    expect(errors).toMatchObject([{ in: "header", pointer: "/Idempotency-Key" }]);
    expect(errors?.[0]?.fix).toContain("255");
    expect(await keysOf(owner)).toBe(0);
  });

  test("because the object can't be reached is refused with 503, and only when it has a key", async () => {
    const owner = await mintOwner();
    const ask = async (options: Post): Promise<Response> =>
      sendWith(unreachable, postOf(KEYS, { token: owner.token, ...options }));
    const refused = await ask({ key: "any" });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("2");
    expect((await problemOf(refused)).code).toBe("idempotency.unavailable");
    expect(await keysOf(owner)).toBe(0);
    expect((await ask({})).status).toBe(201);
  });
});

async function tasksOf({ organisationId }: { organisationId: string }): Promise<number> {
  const rows = await database().query("select id from tasks where organisation_id = $1", [organisationId]);
  return rows.length;
}

async function taskId(response: Response): Promise<string> {
  expect(response.status).toBe(202);
  return z.object({ task_id: z.string() }).parse(await response.json()).task_id;
}

describe("a task", () => {
  const PATH = "/api/v2/scraping/enrich-async";

  test("is created once by 100 requests at once under one key", async () => {
    const world = await mintWorld();
    const request = { token: world.key, key: "storm", body: { siren: world.siren() } };
    const answers = await Promise.all(Array.from({ length: 100 }, async () => post(PATH, request)));
    const accepted = answers.filter(({ status }) => status === 202);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(100 - accepted.length);
    expect(new Set(await Promise.all(accepted.map(taskId))).size).toBe(1);
    expect(await tasksOf(world)).toBe(1);
  });

  test("is created once although its first answer was lost after the commit", async () => {
    const world = await mintWorld();
    const request = { token: world.key, key: "lost", body: { siren: world.siren() } };
    const first = await taskId(await sendWith(forgetful, postOf(PATH, request)));
    expect((await post(PATH, request)).status).toBe(409);
    later(MINUTE_MS + 1);
    const second = await post(PATH, request);
    expect(second.headers.get("idempotent-replayed")).toBeNull();
    expect(await taskId(second)).toBe(first);
    expect(await tasksOf(world)).toBe(1);
  });

  test("of a file is created once under whatever boundary, and another file under its key is refused", async () => {
    const world = await mintWorld();
    const upload = async (boundary: string, siren: string): Promise<Response> =>
      world.request("/api/v2/scraping/batch-async", {
        method: "POST",
        headers: {
          "idempotency-key": "file",
          "content-type": `multipart/form-data; boundary=${boundary}`,
        },
        body: [
          `--${boundary}`,
          'Content-Disposition: form-data; name="file"; filename="lot.csv"',
          "Content-Type: text/csv",
          "",
          `siren\n${siren}\n`,
          `--${boundary}--`,
          "",
        ].join("\r\n"),
      });
    const first = await upload("one", world.siren());
    const second = await upload("another", world.siren());
    expect(second.headers.get("idempotent-replayed")).toBe("true");
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await taskId(second)).toBe(await taskId(first));
    const other = await upload("one", world.siren("other"));
    expect([other.status, (await problemOf(other)).code]).toEqual([422, "idempotency.mismatch"]);
    expect(await tasksOf(world)).toBe(1);
  });
});

/** Not replayable: docs/idempotency.md says why, of each. */
const WITHOUT_KEY = [
  "/auth/login",
  "/auth/refresh",
  "/auth/logout",
  "/auth/password",
  "/auth/2fa/challenge",
  "/auth/2fa/setup",
  "/auth/2fa/verify",
  "/auth/2fa/disable",
  "/auth/backup-codes",
  "/auth/invitations/accept",
  "/scoring/calculate",
  "/tasks/{id}/cancel",
  "/exports/{id}/cancel",
  "/admin/queues/{queue}/pause",
  "/admin/queues/{queue}/resume",
  "/hooks/{channel}",
].map((path) => `/api/v2${path}`);

const Named = z.object({ name: z.string() });
const Paths = z.object({
  paths: z.record(
    z.string(),
    z.object({
      post: z
        .object({ parameters: z.array(Named).optional(), responses: z.record(z.string(), z.unknown()) })
        .optional(),
    }),
  ),
});

test("every POST that creates or charges takes a key, and says so in the document", async () => {
  const document = await (await send(new Request("https://api.test/openapi.json"))).json();
  const posts = Object.entries(Paths.parse(document).paths).flatMap(([path, { post }]) =>
    post === undefined ? [] : [{ path, ...post }],
  );
  const takes = ({ parameters = [] }: (typeof posts)[number]): boolean =>
    parameters.some(({ name }) => name === "Idempotency-Key");
  const without = posts.filter((one) => !takes(one)).map(({ path }) => path);
  expect(without.toSorted()).toEqual(WITHOUT_KEY.toSorted());
  for (const { path, responses } of posts.filter(takes)) {
    expect([path, Object.keys(responses)]).toEqual([
      path,
      expect.arrayContaining(["400", "409", "422", "503"]),
    ]);
  }
});
