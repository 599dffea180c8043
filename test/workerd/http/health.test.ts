import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { send } from "../../support/world.ts";

async function get(path: string): Promise<Response> {
  return send(new Request(`https://api.test${path}`));
}

test("/health says the service is up, whatever its dependencies do", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network"));
  const response = await get("/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
});

test("/ready names each dependency that answers", async () => {
  const response = await get("/ready");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: "ready",
    failing: [],
    checks: [
      { name: "database", ok: true },
      { name: "kv", ok: true },
      { name: "durable_objects", ok: true },
    ],
  });
});

test("/ready is 503 and names the database when it does not answer", async () => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("connection refused"));
  const response = await get("/ready");
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("5");
  expect(await response.json()).toMatchObject({ status: "not_ready", failing: ["database"] });
});

test("/ready is 503 and names KV and Durable Objects when they do not answer", async () => {
  vi.spyOn(env.COMPANY_CACHE, "get").mockRejectedValue(new Error("kv down"));
  vi.spyOn(env.SOURCE_GATE, "getByName").mockImplementation(() => {
    throw new Error("objects down");
  });
  const response = await get("/ready");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ failing: ["kv", "durable_objects"] });
});
