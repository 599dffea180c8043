import { beforeEach, describe, expect, test } from "vitest";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { SOURCE_NAMES } from "../../../../src/domain/enrichment/source.ts";
import { SandboxClient, sirensFrom, type Json } from "./sandbox-client.ts";

const SIREN = "912345675";
const OTHER = "842157968";
const NONE = Object.fromEntries(SOURCE_NAMES.map((name) => [name, 0]));

let now = 0;
let slept: number[] = [];
let client: SandboxClient;

beforeEach(() => {
  now = 0;
  slept = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
  };
  client = new SandboxClient(createSandbox({ now: () => now, sleep }));
});

async function searchStatuses(count: number, siren = SIREN): Promise<number[]> {
  const answers: number[] = [];
  for (let index = 0; index < count; index++) answers.push((await client.search({ q: siren })).status);
  return answers;
}

describe("calls", () => {
  test("every provider is named from the start", async () => {
    expect(await client.json("/__control/calls")).toEqual(NONE);
    expect(await client.json(`/__control/calls?siren=${SIREN}`)).toEqual(NONE);
  });

  test("each call counts, the failed ones too, in all and by SIREN", async () => {
    await client.whole(SIREN);
    await client.profile({ id: `x-${SIREN}`, name: "X Y", dataToGet: [] });
    await client.get(`/pappers/v2/entreprise?siren=${SIREN}`);
    await client.search({ q: "ab" });
    await client.get("/kaspr/nope");
    await client.search({ q: OTHER });
    expect(await client.json("/__control/calls")).toEqual({
      recherche_entreprises: 3,
      insee: 1,
      bodacc: 1,
      ratios_inpi: 1,
      pappers: 2,
      kaspr: 2,
    });
    expect(await client.json(`/__control/calls?siren=${SIREN}`)).toEqual({
      recherche_entreprises: 1,
      insee: 1,
      bodacc: 1,
      ratios_inpi: 1,
      pappers: 2,
      kaspr: 1,
    });
  });

  test("SIRET calls and lists count for their SIRENs", async () => {
    await client.search({ q: "912 345 675 00017" });
    await client.insee("/siret/91234567500017");
    await client.pappers("/entreprise?siret=91234567500017");
    await client.records("bodacc", { where: `registre IN ("${SIREN}","${OTHER}")` });
    expect(await client.json(`/__control/calls?siren=${SIREN}`)).toMatchObject({
      recherche_entreprises: 1,
      insee: 1,
      pappers: 1,
      bodacc: 1,
    });
    expect(await client.json(`/__control/calls?siren=${OTHER}`)).toMatchObject({ bodacc: 1 });
    expect(await client.json("/__control/calls")).toMatchObject({ bodacc: 1 });
  });

  test("the count goes up before the latency", async () => {
    const { promise: gate, resolve: release } = Promise.withResolvers<void>();
    client = new SandboxClient(createSandbox({ sleep: () => gate }));
    await client.control("/faults", { latency_ms: 5000 });
    const pending = client.search({ q: SIREN });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await client.json("/__control/calls")).toMatchObject({ recherche_entreprises: 1 });
    release();
    expect((await pending).status).toBe(200);
  });

  test("a bad SIREN is refused", async () => {
    expect((await client.get("/__control/calls?siren=12")).status).toBe(400);
  });

  test("control calls are no provider calls", async () => {
    await client.control("/faults", {});
    expect(await client.json("/__control/calls")).toEqual(NONE);
  });
});

describe("faults", () => {
  test("a status, for one provider", async () => {
    await client.control("/faults", { provider: "insee", status: 503 });
    expect((await client.insee(`/siren/${SIREN}`)).status).toBe(503);
    expect((await client.search({ q: SIREN })).status).toBe(200);
  });

  test("for all providers, each in its own shape", async () => {
    await client.control("/faults", { status: 500 });
    expect(await (await client.search({ q: SIREN })).json()).toHaveProperty("erreur");
    expect(await (await client.insee(`/siren/${SIREN}`)).json()).toHaveProperty("header.message");
    expect(await (await client.bodacc(SIREN)).json()).toHaveProperty("error_code");
    expect(await (await client.entreprise(SIREN)).json()).toHaveProperty("message");
    expect(await (await client.profile({ id: "x", name: "y" })).json()).toHaveProperty("message");
  });

  test("429 comes with Retry-After: 1", async () => {
    await client.control("/faults", { status: 429 });
    for (const call of [client.search({ q: SIREN }), client.insee("/siren/1"), client.ratios(SIREN)]) {
      const response = await call;
      expect(response.status).toBe(429);
      expect(response.headers.get("Retry-After")).toBe("1");
    }
  });

  test("only one SIREN: others are left alone", async () => {
    await client.control("/faults", { siren: SIREN, status: 503 });
    expect((await client.entreprise(SIREN)).status).toBe(503);
    expect((await client.profile({ id: `x-${SIREN}`, name: "X Y" })).status).toBe(503);
    expect((await client.entreprise(OTHER)).status).toBe(200);
    expect((await client.records("bodacc", { where: `registre IN ("${OTHER}","${SIREN}")` })).status).toBe(
      503,
    );
  });

  test("latency alone delays the right answer; with a status it comes first", async () => {
    await client.control("/faults", { provider: "pappers", latency_ms: 700 });
    expect((await client.entreprise(SIREN)).status).toBe(200);
    await client.control("/faults", { provider: "pappers", status: 503 });
    expect((await client.entreprise(SIREN)).status).toBe(503);
    expect(slept).toEqual([700, 700]);
  });

  test("several coexist, the latest of those that bear on a call wins", async () => {
    await client.control("/faults", { status: 500 });
    await client.control("/faults", { provider: "insee", status: 429 });
    await client.control("/faults", { siren: OTHER, status: 503 });
    expect((await client.insee(`/siren/${SIREN}`)).status).toBe(429);
    expect((await client.search({ q: SIREN })).status).toBe(500);
    expect((await client.insee(`/siren/${OTHER}`)).status).toBe(503);
    expect((await client.json("/__control/faults")).faults).toHaveLength(3);
  });

  test("an error rate fails that share of calls, the same ones every time", async () => {
    const fault = { provider: "recherche_entreprises", status: 503, error_rate: 0.3 };
    await client.control("/faults", fault);
    const first = await searchStatuses(200);
    const failed = first.filter((status) => status === 503).length;
    expect(failed).toBeGreaterThan(40);
    expect(failed).toBeLessThan(80);
    await client.control("/reset");
    await client.control("/faults", fault);
    expect(await searchStatuses(200)).toEqual(first);
  });

  test.each([
    ["an empty object", "/faults", {}],
    ["no body", "/faults", undefined],
    ["a reset", "/reset", undefined],
  ])("%s clears them all", async (_, path, body) => {
    await client.control("/faults", { status: 500 });
    expect((await client.control(path, body)).ok).toBe(true);
    expect(await client.json("/__control/faults")).toEqual({ faults: [] });
    expect((await client.search({ q: SIREN })).status).toBe(200);
  });

  test("one SIREN's, or one provider's, can be cleared alone", async () => {
    await client.control("/faults", { siren: SIREN, status: 500 });
    await client.control("/faults", { siren: OTHER, status: 500 });
    await client.control("/faults", { provider: "kaspr", status: 500 });
    await client.control("/faults", { siren: SIREN, clear: true });
    expect(await client.json("/__control/faults")).toEqual({
      faults: [
        { provider: "kaspr", status: 500 },
        { siren: OTHER, status: 500 },
      ],
    });
    await client.control("/faults", { provider: "kaspr", clear: true });
    expect((await client.search({ q: SIREN })).status).toBe(200);
    expect((await client.search({ q: OTHER })).status).toBe(500);
    await client.control("/faults", { clear: true });
    expect(await client.json("/__control/faults")).toEqual({ faults: [] });
  });

  test.each([
    [{ provider: "sirene", status: 500 }, "provider"],
    [{ siren: "12", status: 500 }, "siren"],
    [{ status: 200 }, "status"],
    [{ status: "500" }, "status"],
    [{ provider: "pappers" }, "status"],
    [{ latency_ms: -1 }, "latency_ms"],
    [{ status: 500, error_rate: 2 }, "error_rate"],
    [{ error_rate: 0.5 }, "error_rate"],
    [{ siren: SIREN, clear: true, status: 500 }, "clear"],
    [{ clear: false }, "clear"],
    [{ stauts: 500 }, "stauts"],
    ["{", "body"],
    ["[]", "body"],
  ])("%j is refused, naming %s, and changes nothing", async (body, field) => {
    await client.control("/faults", { provider: "insee", status: 503 });
    const response = await client.control("/faults", body);
    expect(response.status).toBe(400);
    const problem: Json = await response.json();
    expect(problem.field).toBe(field);
    expect(problem.message).toContain(field);
    expect((await client.json("/__control/faults")).faults).toHaveLength(1);
  });
});

describe("limits", () => {
  test("off by default", async () => {
    expect(new Set(await searchStatuses(100))).toEqual(new Set([200]));
    expect(await client.json("/__control/limits")).toEqual({ enabled: false });
  });

  test("Recherche d'entreprises gives 7 a second, then HTML", async () => {
    await client.control("/limits", { enabled: true });
    expect((await searchStatuses(8)).filter((status) => status === 200)).toHaveLength(7);
    const refused = await client.search({ q: SIREN });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("1");
    expect(refused.headers.get("Content-Type")).toContain("text/html");
    now += 1000;
    expect((await searchStatuses(8)).filter((status) => status === 200)).toHaveLength(7);
  });

  test("INSEE gives 30 a minute, without Retry-After", async () => {
    await client.control("/limits", { enabled: true });
    for (let index = 0; index < 30; index++) {
      expect((await client.insee(`/siren/${SIREN}`)).status).toBe(200);
    }
    const refused = await client.insee(`/siren/${SIREN}`);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBeNull();
    now += 2000;
    expect((await client.insee(`/siren/${SIREN}`)).status).toBe(200);
    expect((await client.insee(`/siren/${SIREN}`)).status).toBe(429);
    expect((await client.entreprise(SIREN)).status).toBe(200);
  });

  test("a reset switches them off", async () => {
    await client.control("/limits", { enabled: true });
    expect((await client.control("/reset")).status).toBe(204);
    expect(new Set(await searchStatuses(20))).toEqual(new Set([200]));
  });

  test.each([{}, { enabled: "yes" }, { on: true }])("%j is refused", async (body) => {
    const response = await client.control("/limits", body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as Json).message).toMatch(/enabled|on/);
  });
});

test("a reset forgets counts and spent credits", async () => {
  await client.entreprise(SIREN);
  await client.control("/reset");
  expect(await client.json("/__control/calls")).toEqual(NONE);
  expect(await client.json(`/__control/calls?siren=${SIREN}`)).toEqual(NONE);
  const balance: Json = await (await client.pappers("/suivi-jetons")).json();
  expect(balance.jetons_abonnement_utilises).toBe(0);
});

test("hundreds of delayed calls wait together", async () => {
  client = new SandboxClient(createSandbox());
  await client.control("/faults", { latency_ms: 150 });
  const started = performance.now();
  const answers = await Promise.all(sirensFrom(1_000_000, 500).map((siren) => client.search({ q: siren })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(performance.now() - started).toBeLessThan(3000);
  expect(await client.json("/__control/calls")).toMatchObject({ recherche_entreprises: 500 });
});
