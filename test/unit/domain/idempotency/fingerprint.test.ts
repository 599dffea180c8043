import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../../../src/domain/idempotency/fingerprint.ts";
import { operationIdOf } from "../../../../src/domain/idempotency/operation-id.ts";

const parts = { method: "POST", path: "/api/v2/api-keys", query: "a=1&b=2", bodyDigest: "00" };

describe("the fingerprint of a request", () => {
  test("does not depend on the order of the query", async () => {
    expect(await fingerprintOf({ ...parts, query: "b=2&a=1" })).toBe(await fingerprintOf(parts));
  });

  test.each([
    ["method", { method: "PUT" }],
    ["path", { path: "/api/v2/webhooks" }],
    ["query", { query: "a=1&b=3" }],
    ["order of equal names", { query: "a=1&b=2&b=1" }],
    ["body", { bodyDigest: "01" }],
  ])("tells another %s", async (_, other) => {
    expect(await fingerprintOf({ ...parts, ...other })).not.toBe(await fingerprintOf(parts));
  });
});

describe("the operation id", () => {
  const seed = { at: Date.parse("2027-03-01T12:00:00Z"), noise: "a" };

  test("is the same for the same try, of 25 characters, and sorts by time", async () => {
    const id = await operationIdOf(seed, "f");
    expect(id).toMatch(/^[0-9a-z]{25}$/);
    expect(await operationIdOf({ ...seed }, "f")).toBe(id);
    const later = await operationIdOf({ ...seed, at: seed.at + 1 }, "f");
    expect([later, id].sort()).toEqual([id, later]);
  });

  test("is another one for another request and under another key", async () => {
    const id = await operationIdOf(seed, "f");
    expect(await operationIdOf(seed, "g")).not.toBe(id);
    expect(await operationIdOf({ ...seed, noise: "b" }, "f")).not.toBe(id);
  });
});
