import { createExecutionContext, runDurableObjectAlarm, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Principal } from "../../../src/domain/accounts/principal.ts";
import type { AppEnv } from "../../../src/http/app-env.ts";
import { IsolateKeeper } from "../../../src/http/isolate.ts";
import { idempotent } from "../../../src/http/middleware/idempotent.ts";
import { sha256Hex } from "../../../src/lib/digest.ts";
import { forgetful, keeperOf, storedIn } from "../../support/idempotency.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

afterEach(() => {
  vi.useRealTimers();
});

function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

/** A route of this test's own behind the middleware, and what its handler was given. */
class Probe {
  readonly operations: (string | undefined)[] = [];
  readonly organisationId = `org_${crypto.randomUUID()}`;
  answer: () => Response | Promise<Response> = () => new Response("{}", { status: 202 });
  readonly #app = new Hono<AppEnv>();
  readonly #principal: Principal;
  readonly #isolates = new IsolateKeeper();

  constructor(digestOf?: (request: Request) => Promise<string>) {
    this.#principal = {
      organisationId: this.organisationId,
      actor: { kind: "key", id: "key_1" },
      plan: "pro",
      mode: "live",
      scopes: new Set(),
      since: 0,
      session: null,
    };
    this.#app.onError((error) => new Response(error.message, { status: 500 }));
    this.#app.use(async (context, next) => {
      context.set("isolate", this.#isolates.of(context.env));
      context.set("principal", this.#principal);
      await next();
    });
    const guard = digestOf === undefined ? idempotent() : idempotent({ bodyDigest: digestOf });
    this.#app.post("/probe", guard, async (context) => {
      this.operations.push(context.get("operationId"));
      if (digestOf !== undefined) context.set("bodyDigest", await digestOf(context.req.raw));
      return this.answer();
    });
  }

  async post(body: string, settings: Env = env): Promise<Response> {
    const context = createExecutionContext();
    const request = new Request("https://api.test/probe", {
      method: "POST",
      headers: { "idempotency-key": "probe" },
      body,
    });
    const response = await this.#app.fetch(request, settings, context);
    await waitOnExecutionContext(context);
    return response;
  }
}

describe("the id of what is created under a key", () => {
  test("is the same when the answer of the first try was lost with its Worker", async () => {
    const probe = new Probe();
    const log = vi.spyOn(console, "log");
    expect((await probe.post("a", forgetful)).status).toBe(202);
    expect(log.mock.calls.flat().join("\n")).toContain("idempotency_not_stored");
    expect((await probe.post("a")).status).toBe(500);
    later(MINUTE_MS + 1);
    expect((await probe.post("a")).status).toBe(202);
    expect((await probe.post("a")).headers.get("idempotent-replayed")).toBe("true");
    expect(probe.operations).toHaveLength(2);
    expect(probe.operations[0]).toMatch(/^[0-9a-z]{25}$/);
    expect(probe.operations[1]).toBe(probe.operations[0]);
  });

  test("is the same after a fault of ours, another one for another body, and another one after a refusal", async () => {
    const probe = new Probe();
    probe.answer = () => new Response("", { status: 503 });
    await probe.post("a");
    await probe.post("a");
    await probe.post("b");
    const refused = new Probe();
    refused.answer = () => new Response("", { status: 400 });
    await refused.post("a");
    await refused.post("a");
    const [first, again, other] = probe.operations;
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(refused.operations[1]).not.toBe(refused.operations[0]);
  });
});

/** Only what follows the boundary counts. */
async function digestFile(request: Request): Promise<string> {
  const [, file = ""] = (await request.text()).split("|");
  return sha256Hex(file);
}

describe("a body that is read as a stream", () => {
  test("is the same request under another boundary, and another one with another file", async () => {
    const probe = new Probe(digestFile);
    expect((await probe.post("boundary1|file")).status).toBe(202);
    expect((await probe.post("boundary2|file")).headers.get("idempotent-replayed")).toBe("true");
    const other = await probe.post("boundary1|other file");
    expect([other.status, await other.text()]).toEqual([500, "idempotency.mismatch"]);
    expect(probe.operations).toHaveLength(1);
  });
});

test("a key is new after 24 hours, when its object has emptied itself", async () => {
  const probe = new Probe();
  await probe.post("a");
  later(DAY_MS - MINUTE_MS);
  expect((await probe.post("a")).headers.get("idempotent-replayed")).toBe("true");
  later(2 * MINUTE_MS);
  const keeper = await keeperOf(probe, "probe");
  expect(await runDurableObjectAlarm(keeper)).toBe(true);
  expect(await storedIn(keeper)).toBe("[]");
  expect((await probe.post("b")).status).toBe(202);
  expect(new Set(probe.operations).size).toBe(2);
});

test("a request that takes longer than a minute keeps its key", async () => {
  const beats: (() => void)[] = [];
  vi.spyOn(scheduler, "wait").mockImplementation(
    async (_, { signal } = {}) =>
      new Promise((resolve, reject) => {
        beats.push(() => resolve());
        signal?.addEventListener("abort", () => reject(new Error("over")));
      }),
  );
  const probe = new Probe();
  const claims: string[] = [];
  probe.answer = async () => {
    later(50_000);
    beats.shift()?.();
    await vi.waitFor(() => expect(beats).toHaveLength(1));
    later(30_000);
    claims.push((await (await keeperOf(probe, "probe")).claim("other")).state);
    return new Response("{}", { status: 202 });
  };
  await probe.post("a");
  expect(claims).toEqual(["in_flight"]);
  expect((await probe.post("a")).headers.get("idempotent-replayed")).toBe("true");
});

test("an answer too long to be kept goes out, and the request may be carried out again", async () => {
  const probe = new Probe();
  probe.answer = () => new Response("x".repeat(1_000_000), { status: 200 });
  const first = await probe.post("a");
  expect((await first.text()).length).toBe(1_000_000);
  expect((await probe.post("a")).headers.get("idempotent-replayed")).toBeNull();
  probe.answer = () => new Response("é".repeat(400_000), { status: 200 });
  const kept = await probe.post("a");
  const replayed = await probe.post("a");
  expect(replayed.headers.get("idempotent-replayed")).toBe("true");
  expect(await replayed.text()).toBe(await kept.text());
  expect(new Set(probe.operations).size).toBe(1);
});
