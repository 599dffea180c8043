import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/http/problem.ts";
import worker from "../../../src/worker.ts";
import { mintWorld, send } from "../../support/world.ts";

const ENRICH = "/api/v2/scraping/enrich";
const JSON_TYPE = { "content-type": "application/json" };

describe("security headers", () => {
  const EVERYWHERE = {
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
  };

  function expectSecured(response: Response): void {
    for (const [name, value] of Object.entries(EVERYWHERE))
      expect([name, response.headers.get(name)]).toEqual([name, value]);
    expect(response.headers.get("permissions-policy")).toMatch(/camera=\(\).*geolocation=\(\).*usb=\(\)/);
  }

  test("are on every kind of answer, fresh, cached, refused, empty or unknown", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    const path = `/api/v2/companies/${siren}`;
    await world.enrich({ siren });
    const read = await world.request(path);
    const etag = read.headers.get("etag") ?? "";
    const answers = [
      read,
      await world.request(path),
      await world.request(path, { headers: { "if-none-match": etag } }),
      await world.request(`${path}/cache`, { method: "DELETE" }),
      await world.request("/api/v2/companies/1"),
      await world.request(path, { headers: { authorization: "Bearer no" } }),
      await world.request(path, { method: "PUT" }),
      await world.request("/nothing"),
      await send(new Request("https://api.test/health")),
      await send(new Request("https://api.test/openapi.json")),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 304, 204, 400, 401, 405, 404, 200, 200]);
    expect(answers[1]?.headers.get("cache-status")).toBe("isolate; hit");
    for (const answer of answers) {
      expectSecured(answer);
      expect(answer.headers.get("content-security-policy")).toBe(
        "default-src 'none'; frame-ancestors 'none'",
      );
    }
  });

  test("leave pages their own content policy", async () => {
    for (const path of ["/", "/docs", "/problems"]) {
      const response = await send(
        new Request(`https://api.test${path}`, { headers: { accept: "text/html" } }),
      );
      expectSecured(response);
      expect(response.headers.get("content-security-policy")).toMatch(/script-src 'nonce-[^']+'/);
    }
  });

  test("what a credential opened is kept by no cache, errors included", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    const answers = [
      await world.enrich({ siren }),
      await world.request(`/api/v2/companies/${siren}`),
      await world.request(`/api/v2/companies/${siren}`),
      await world.request(`/api/v2/companies/${siren}/score`),
      await world.request("/api/v2/limits"),
      await world.request("/api/v2/companies/1"),
    ];
    for (const answer of answers) expect(answer.headers.get("cache-control")).toBe("no-store");
  });
});

const preflight = (origin: string): RequestInit => ({
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  },
});

const corsHeaders = ({ headers }: Response): string[] =>
  [...headers.keys()].filter((name) => name.startsWith("access-control-"));

describe("a browser on another origin", () => {
  const ORIGIN = "https://app.example.com";
  const allowing = { ...env, ALLOWED_ORIGINS: `${ORIGIN},https://second.example.com` };

  async function ask(path: string, init: RequestInit = {}, settings: Env = allowing): Promise<Response> {
    const context = createExecutionContext();
    const response = await worker.fetch(new Request(`https://api.test${path}`, init), settings, context);
    await waitOnExecutionContext(context);
    return response;
  }

  test("that is on the list may call, after a preflight that says what for", async () => {
    const response = await ask(ENRICH, preflight(ORIGIN));
    expect(response.status).toBe(204);
    const { headers } = response;
    expect(headers.get("access-control-allow-origin")).toBe(ORIGIN);
    expect(headers.get("access-control-allow-methods")).toBe("GET, HEAD, POST, PUT, PATCH, DELETE");
    expect(headers.get("access-control-allow-headers")).toMatch(
      /^Authorization, Content-Type, Idempotency-Key/,
    );
    expect(headers.get("access-control-max-age")).toBe("7200");
    expect(headers.get("access-control-allow-credentials")).toBeNull();
    expect(headers.get("vary")).toBe("Origin");
  });

  test("reads answers and errors alike, with the headers that clients need", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    await world.enrich({ siren });
    const headers = { origin: "https://second.example.com", authorization: `Bearer ${world.key}` };
    for (const [path, status] of [
      [`/api/v2/companies/${siren}`, 200],
      [`/api/v2/companies/${siren}`, 200],
      ["/api/v2/companies/1", 400],
      ["/api/v2/nothing", 404],
    ] as const) {
      const response = await ask(path, { headers });
      expect(response.status).toBe(status);
      expect(response.headers.get("access-control-allow-origin")).toBe("https://second.example.com");
      expect(response.headers.get("access-control-expose-headers")).toMatch(
        /Cache-Status.*ETag.*Location.*RateLimit.*Retry-After.*X-Cost-Credits.*X-Request-Id/,
      );
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    }
    const refused = await ask("/api/v2/limits", { headers: { origin: ORIGIN } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, ORIGIN]);
  });

  test.each([
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com.evil.example",
    "https://app.example.com:8443",
    "https://APP.example.com",
    "https://sub.app.example.com",
    "null",
    "*",
    "",
  ])("%j is told nothing", async (origin) => {
    const asked = await ask(ENRICH, preflight(origin));
    expect([asked.status, corsHeaders(asked)]).toEqual([204, []]);
    const read = await ask("/api/v2/limits", { headers: { origin } });
    expect([read.status, corsHeaders(read)]).toEqual([401, []]);
  });

  test("is told nothing at all while no origin is allowed", async () => {
    const asked = await ask(ENRICH, preflight(ORIGIN), env);
    expect([asked.status, corsHeaders(asked)]).toEqual([204, []]);
  });

  test("and what is no preflight is a method like any other", async () => {
    const response = await ask(ENRICH, { method: "OPTIONS", headers: { origin: ORIGIN } });
    expect(response.status).toBe(405);
  });

  test("answers differ by origin, and say so to caches", async () => {
    const world = await mintWorld();
    const response = await world.request("/api/v2/limits");
    expect(response.headers.get("vary")).toContain("Origin");
  });
});

async function post(body: string, path = "/api/v2/scoring/calculate"): Promise<[number, Problem]> {
  const world = await mintWorld();
  const response = await world.request(path, { method: "POST", body, headers: JSON_TYPE });
  return [response.status, Problem.parse(await response.json())];
}

describe("a JSON body", () => {
  test.each([
    ["33 levels deep", `{"a":${"[".repeat(32)}${"]".repeat(32)}}`, /niveaux/],
    ["a hundred thousand brackets", "[".repeat(100_000), /niveaux/],
    ["sixty thousand values", `[${"1,".repeat(60_000)}1]`, /valeurs/],
    ["one text of 200,000 characters", JSON.stringify({ nom_entreprise: "x".repeat(200_000) }), /texte/],
    ["a name of 200,000 characters", JSON.stringify({ ["x".repeat(200_000)]: 1 }), /texte/],
  ])("of %s is refused before it is read, with the reason", async (_, body, words) => {
    const [status, problem] = await post(body);
    expect([status, problem.code]).toEqual([400, "request.invalid"]);
    expect(problem.errors?.[0]).toMatchObject({ in: "body", pointer: "" });
    expect(problem.errors?.[0]?.message).toMatch(words);
  });

  test.each([
    ["the prototype", '{"siren":"552032534","__proto__":{"sources":["pappers"]}}', "/__proto__"],
    ["the constructor", '{"siren":"552032534","constructor":{"prototype":{"x":1}}}', "/constructor"],
  ])("that names %s is refused like any unknown member, and changes nothing", async (_, body, pointer) => {
    const [status, problem] = await post(body, ENRICH);
    expect(status).toBe(400);
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(Reflect.get({}, "sources")).toBeUndefined();
    expect(Reflect.get({}, "x")).toBeUndefined();
  });

  test("inside which a list member names the prototype is harmless", async () => {
    const world = await mintWorld();
    const body =
      '{"dirigeants":[{"type":"personne_physique","__proto__":{"nom":"X"}}],"siege":{"__proto__":{"ville":"X"}}}';
    const response = await world.request("/api/v2/scoring/calculate", {
      method: "POST",
      body,
      headers: JSON_TYPE,
    });
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).not.toContain('"X"');
    expect(Reflect.get({}, "nom")).toBeUndefined();
  });

  test("with a member twice is read by its last value", async () => {
    const world = await mintWorld();
    const body = '{"siren":"552032535","siren":"999000003"}';
    const response = await world.request(ENRICH, { method: "POST", body, headers: JSON_TYPE });
    expect(Problem.parse(await response.json()).code).toBe("enrichment.not_found");
  });

  test.each([
    [ENRICH, 64 * 1024],
    ["/api/v2/scoring/calculate", 512 * 1024],
  ])("larger than %s accepts is told its limit of %d bytes", async (path, bytes) => {
    const [status, problem] = await post(`"${" ".repeat(bytes)}"`, path);
    expect([status, problem.code, problem.limit_bytes]).toEqual([413, "request.too_large", bytes]);
  });
});
