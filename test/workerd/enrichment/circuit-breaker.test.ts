import { abortAllDurableObjects } from "cloudflare:test";
import { afterEach, expect, test } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { Problem } from "../../../src/http/problem.ts";
import { changeGate, inspectGate, resetGates } from "../../support/source-gates.ts";
import { mintWorld, type World } from "../../support/world.ts";

afterEach(resetGates);

/** Fails INSEE until its circuit opens: three attempts a request. */
async function breakInsee(world: World): Promise<number> {
  let calls = 0;
  for (let count = 0; count < 4; count++) {
    const siren = world.siren(`broken ${count}`);
    await world.fault({ siren, provider: "insee", status: 500 });
    expect((await world.enrich({ siren, sources: ["insee"] })).status).toBe(503);
    calls += (await world.calls(siren))["insee"] ?? 0;
  }
  return calls;
}

test("after ten failures in a row a source is left alone for half a minute, and the answer says so", async () => {
  const world = await mintWorld();
  expect(await breakInsee(world)).toBe(10);
  const gate = await inspectGate("insee");
  expect(gate.failures).toBe(10);
  expect(gate.openUntil - Date.now()).toBeGreaterThan(20_000);

  const siren = world.siren("healthy");
  const alone = await world.enrich({ siren, sources: ["insee"] });
  expect(alone.status).toBe(503);
  const wait = Number(alone.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(20);
  expect(wait).toBeLessThanOrEqual(30);
  expect(Problem.parse(await alone.json()).missing).toMatchObject([
    { source: "insee", reason: "circuit_open" },
  ]);

  const among = await world.enrich({ siren, sources: ["insee", "bodacc", "recherche_entreprises"] });
  const company = Company.parse(await among.json());
  expect(company.missing).toMatchObject([{ source: "insee", reason: "circuit_open" }]);
  expect(await world.calls(siren)).toMatchObject({ insee: 0, bodacc: 1, recherche_entreprises: 1 });
});

test("an open circuit survives the loss of its memory", async () => {
  const world = await mintWorld();
  await breakInsee(world);
  await abortAllDurableObjects();
  const siren = world.siren("after");
  expect((await world.enrich({ siren, sources: ["insee"] })).status).toBe(503);
  expect(await world.calls(siren)).toMatchObject({ insee: 0 });
});

test("then one call tries, the others wait for its verdict, and a success opens the way for all", async () => {
  const world = await mintWorld();
  await breakInsee(world);
  await changeGate("insee", { openUntil: 0 });
  const sirens = [1, 2, 3, 4].map((count) => world.siren(`probe ${count}`));
  for (const siren of sirens) await world.fault({ siren, provider: "insee", latency_ms: 500 });

  const answers = await Promise.all(
    sirens.map(async (siren) => (await world.enrich({ siren, sources: ["insee"] })).status),
  );

  expect(answers.toSorted((a, b) => a - b)).toEqual([200, 503, 503, 503]);
  expect(await inspectGate("insee")).toMatchObject({ failures: 0, probeUntil: 0 });
  for (const siren of sirens) {
    await world.fault({ siren, clear: true });
    expect((await world.enrich({ siren, sources: ["insee"] })).status).toBe(200);
    expect(await world.calls(siren)).toMatchObject({ insee: 1 });
  }
});

test("a try that fails closes the way again", async () => {
  const world = await mintWorld();
  await breakInsee(world);
  await changeGate("insee", { openUntil: 0 });
  const siren = world.siren("probe");
  await world.fault({ siren, provider: "insee", status: 500 });
  expect((await world.enrich({ siren, sources: ["insee"] })).status).toBe(503);
  expect(await world.calls(siren)).toMatchObject({ insee: 1 });
  expect((await inspectGate("insee")).openUntil).toBeGreaterThan(Date.now());
});
