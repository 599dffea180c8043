import { afterEach, expect, test, vi } from "vitest";
import { generateApiKey } from "../../../src/auth/api-key.ts";
import { ApiKeyRepository } from "../../../src/storage/postgres/api-key-repository.ts";
import { registerPerson, signIn } from "../../support/accounts.ts";
import { database, mintAddress, mintKey } from "../../support/world.ts";
import { mintLimited, newIsolate, sendTo } from "./limited-world.ts";

const MINUTE = 60_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function stopClock(now = Date.now()): void {
  vi.useFakeTimers({ toFake: ["Date"], now });
}

function wrongKey(): string {
  return generateApiKey("live", (length) => crypto.getRandomValues(new Uint8Array(length)));
}

/** One network at one isolate, and how often that asked the database for a key. */
function client(changes: Partial<Env> = {}) {
  const isolate = newIsolate(changes);
  const address = mintAddress();
  const lookups = vi.spyOn(ApiKeyRepository.prototype, "findByHash");
  const ask = async (token: string, from = address): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, "cf-connecting-ip": from };
    return sendTo(isolate, new Request("https://api.test/api/v2/limits", { headers }));
  };
  const guess = async (times: number): Promise<number[]> => {
    const statuses: number[] = [];
    for (let count = 0; count < times; count++) statuses.push((await ask(wrongKey())).status);
    return statuses;
  };
  return { isolate, address, lookups, ask, guess };
}

test("a network may try 60 wrong keys a minute; then the database is not even asked, until the minute is over", async () => {
  stopClock();
  const { lookups, ask, guess } = client();
  expect(await guess(60)).toEqual(Array(60).fill(401));
  await guess(1);
  expect(lookups).toHaveBeenCalledTimes(61);
  const refused = await ask(wrongKey());
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ code: "limits.reached", policy: "credential" });
  expect(lookups).toHaveBeenCalledTimes(61);
  const seconds = Number(refused.headers.get("retry-after"));
  expect(seconds).toBeGreaterThanOrEqual(60);
  expect((await ask(wrongKey(), mintAddress())).status).toBe(401);
  stopClock(Date.now() + seconds * 1_000);
  expect((await ask(wrongKey())).status).toBe(401);
});

test("meanwhile keys that are in use there and people work on", async () => {
  stopClock();
  const { key, organisationId } = await mintLimited("free");
  const { access_token } = await signIn(await registerPerson());
  const { ask, guess } = client();
  expect((await ask(key)).status).toBe(200);
  await guess(62);
  stopClock(Date.now() + 10_000);
  expect((await ask(wrongKey())).status).toBe(429);
  expect((await ask(key)).status).toBe(200);
  expect((await ask(access_token)).status).toBe(200);
  const fresh = await mintKey(organisationId);
  expect((await ask(fresh)).status).toBe(429);
  stopClock(Date.now() + MINUTE);
  expect((await ask(fresh)).status).toBe(200);
});

test("good keys are not counted, and a wrong one that comes again and again is looked up once in five seconds", async () => {
  stopClock();
  const { key } = await mintLimited("free");
  const { lookups, ask, guess } = client();
  for (let turn = 0; turn < 3; turn++) {
    stopClock(Date.now() + 6_000);
    expect((await ask(key)).status).toBe(200);
  }
  lookups.mockClear();
  const wrong = wrongKey();
  for (let count = 0; count < 100; count++) expect((await ask(wrong)).status).toBe(401);
  expect(lookups).toHaveBeenCalledTimes(1);
  expect(await guess(59)).toEqual(Array(59).fill(401));
  expect(await guess(1)).toEqual([429]);
});

test("a key that was good is no longer spared once it is revoked", async () => {
  stopClock();
  const { key, organisationId } = await mintLimited("free");
  const { lookups, ask, guess } = client();
  expect((await ask(key)).status).toBe(200);
  await guess(62);
  await database().query("update api_keys set revoked_at = now() where organisation_id = $1", [
    organisationId,
  ]);
  stopClock(Date.now() + 6_000);
  expect((await ask(key)).status).toBe(401);
  stopClock(Date.now() + 6_000);
  lookups.mockClear();
  expect((await ask(key)).status).toBe(429);
  expect(lookups).not.toHaveBeenCalled();
});

test("while the limiter can't be reached, or is off, a wrong key is told so all the same", async () => {
  const dead: unknown = { getByName: () => ({ take: async () => Promise.reject(new Error("gone")) }) };
  const unreachable = client({ RATE_LIMITER: dead as Env["RATE_LIMITER"] });
  expect(await unreachable.guess(3)).toEqual([401, 401, 401]);
  const off = client({ RATE_LIMITS: "off" });
  expect(await off.guess(62)).toEqual(Array(62).fill(401));
});
