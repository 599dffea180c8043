import { afterEach, describe, expect, test } from "vitest";
import { Company } from "../../../src/domain/companies/company.ts";
import { monthEnd } from "../../../src/domain/usage/month.ts";
import { Problem } from "../../../src/http/problem.ts";
import { changeGate, resetGates } from "../../support/source-gates.ts";
import { ageEverywhere, HOUR_MS } from "../../support/stored-rows.ts";
import { mintWorld, type World } from "../../support/world.ts";

/** A world that may spend so much a month. */
async function mintBudget(cents: number): Promise<World> {
  const world = await mintWorld();
  await setBudget(world, cents);
  return world;
}

async function setBudget({ database, organisationId }: World, cents: number): Promise<void> {
  await database.query("update organisations set monthly_budget_cents = $2 where id = $1", [
    organisationId,
    cents,
  ]);
}

const person = (siren: string) => ({ nom: "Anne Roux", profil: `anne-roux-${siren}` });

function costOf(answer: Response): [string | null, string | null] {
  return [answer.headers.get("x-cost-credits"), answer.headers.get("x-cost-euros")];
}

async function linesOf({ database, organisationId }: World): Promise<Record<string, number>> {
  const rows = await database.query(
    `select source || ' ' || state as line, count(*)::int as n from ledger_entries
     where organisation_id = $1 group by 1`,
    [organisationId],
  );
  return Object.fromEntries(rows.map(({ line, n }) => [line, n]));
}

/** What the audit has of this organisation, in the chain or on its way there. */
async function recordsOf({ database, organisationId }: World) {
  return database.query(
    `select action, resource_id, details from (
       select organisation_id, record ->> 'action' as action, record -> 'resource' ->> 'id' as resource_id,
         record -> 'details' as details from audit_outbox
       union all select organisation_id, action, resource_id, details from audit_logs) records
     where organisation_id = $1 order by action`,
    [organisationId],
  );
}

/** Postgres refuses what breaks this rule, until it is lifted. */
async function refuse({ database }: World, table: string, rule: string): Promise<() => Promise<void>> {
  const name = `refuse_${crypto.randomUUID().replaceAll("-", "_")}`;
  await database.query(`alter table ${table} add constraint ${name} check (${rule}) not valid`);
  return async () => {
    await database.query(`alter table ${table} drop constraint ${name}`);
  };
}

describe("a budget that does not cover a paid source", () => {
  test("is told with 402 and when the next one begins, and nothing is asked of it", async () => {
    const world = await mintBudget(1);
    const siren = world.siren();
    const answer = await world.enrich({ siren, sources: ["recherche_entreprises", "pappers"] });
    expect(answer.status).toBe(402);
    expect(Problem.parse(await answer.json())).toMatchObject({
      code: "usage.budget_reached",
      retryable: false,
    });
    const wait = Number(answer.headers.get("retry-after")) * 1_000;
    expect(Math.abs(Date.now() + wait - monthEnd(Date.now()))).toBeLessThan(60_000);
    expect(costOf(answer)).toEqual(["0", "0.0000"]);
    expect(await world.calls(siren)).toMatchObject({ pappers: 0 });
    expect(await linesOf(world)).toEqual({});
    // The free sources are stored, and serve: who collected them is in the audit all the same.
    expect(await recordsOf(world)).toMatchObject([{ details: { sources: "recherche_entreprises" } }]);
    expect((await world.enrich({ siren })).status).toBe(200);
    expect(await world.calls(siren)).toMatchObject({ recherche_entreprises: 1 });
  });

  test("lets exactly as many calls through as it covers, when all are asked for at once", async () => {
    const world = await mintBudget(10);
    const sirens = Array.from({ length: 20 }, (_, index) => world.siren(`company ${index}`));
    const answers = await Promise.all(
      sirens.map(async (siren) => world.enrich({ siren, sources: ["pappers"] })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 402)).toHaveLength(15);
    const calls = await Promise.all(sirens.map(async (siren) => (await world.calls(siren))["pappers"] ?? 0));
    expect(calls.reduce((sum, one) => sum + one, 0)).toBe(5);
    expect(await linesOf(world)).toEqual({ "pappers settled": 5 });
  });

  test("leaves what was paid for in the same request, and says what is missing", async () => {
    const world = await mintBudget(91);
    const siren = world.siren();
    const sources = ["pappers", "kaspr"];
    const answer = await world.enrich({ siren, sources, linkedin: [person(siren)] });
    expect(answer.status).toBe(200);
    expect(costOf(answer)).toEqual(["1", "0.0200"]);
    expect(Company.parse(await answer.json())).toMatchObject({
      partial: true,
      missing: [{ source: "kaspr", reason: "budget_reached" }],
    });
    expect(await world.calls(siren)).toMatchObject({ pappers: 1, kaspr: 0 });
    const again = await world.enrich({ siren, sources, linkedin: [person(siren)] });
    expect([again.status, ...costOf(again)]).toEqual([402, "0", "0.0000"]);
  });

  test("does not stand between a caller and an answer that is fresh, or being refreshed behind", async () => {
    const world = await mintBudget(2);
    const siren = world.siren();
    await world.enrich({ siren, sources: ["pappers"] });
    const fresh = await world.enrich({ siren, sources: ["pappers"] });
    expect([fresh.status, ...costOf(fresh)]).toEqual([200, "0", "0.0000"]);
    await ageEverywhere(world, siren, 30 * HOUR_MS);
    await world.request(`/api/v2/companies/${siren}`);
    const stale = await world.enrich({ siren, sources: ["pappers"] });
    expect(Company.parse(await stale.json()).sources).toMatchObject([{ name: "pappers", cache: "stale" }]);
    expect(await world.calls(siren)).toMatchObject({ pappers: 1 });
  });

  test("is nobody else's: another organisation asks, pays, and its answer serves the first", async () => {
    const poor = await mintBudget(0);
    const rich = await mintWorld();
    const siren = poor.siren();
    await poor.fault({ siren, provider: "pappers", latency_ms: 200 });
    const [, answer] = await Promise.all([
      poor.enrich({ siren, sources: ["pappers"] }),
      rich.enrich({ siren, sources: ["pappers"] }),
    ]);
    expect([answer.status, ...costOf(answer)]).toEqual([200, "1", "0.0200"]);
    expect(await rich.calls(siren)).toMatchObject({ pappers: 1 });
    expect((await poor.enrich({ siren, sources: ["pappers"] })).status).toBe(200);
    expect([await linesOf(poor), await linesOf(rich)]).toEqual([{}, { "pappers settled": 1 }]);
  });
});

describe("what a request costs", () => {
  test("is in its headers, refusals and outages included", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    expect(costOf(await world.enrich({ siren, sources: ["pappers"] }))).toEqual(["1", "0.0200"]);
    expect(costOf(await world.enrich({ siren: "not a siren" }))).toEqual(["0", "0.0000"]);
    const other = world.siren("other");
    await world.fault({ siren: other, provider: "pappers", status: 503 });
    const outage = await world.enrich({ siren: other, sources: ["pappers"] });
    expect([outage.status, ...costOf(outage)]).toEqual([503, "0", "0.0000"]);
  });

  test("is told although the audit could not be written; the data serve the next request", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    const lift = await refuse(world, "audit_outbox", `organisation_id <> '${world.organisationId}'`);
    const answer = await world.enrich({ siren, sources: ["pappers"] });
    const meanwhile = await world.request(`/api/v2/companies/${siren}`);
    await lift();
    expect(meanwhile.status).toBe(404);
    expect([answer.status, ...costOf(answer)]).toEqual([503, "1", "0.0200"]);
    expect(Problem.parse(await answer.json()).code).toBe("audit.unavailable");
    const again = await world.enrich({ siren, sources: ["pappers"] });
    expect([again.status, ...costOf(again)]).toEqual([200, "0", "0.0000"]);
    expect(await world.calls(siren)).toMatchObject({ pappers: 1 });
    expect(await recordsOf(world)).toMatchObject([{ action: "company.enriched", resource_id: siren }]);
  });
});

describe("the ledger", () => {
  afterEach(resetGates);

  test("holds every call that the paid sources received, and no other", async () => {
    const world = await mintWorld();
    const sirens: string[] = [];
    const next = (): string => {
      sirens.push(world.siren(`company ${sirens.length}`));
      return sirens.at(-1) ?? "";
    };
    const both = async (siren: string): Promise<void> => {
      const sources = ["recherche_entreprises", "pappers", "kaspr"];
      await world.enrich({ siren, sources, linkedin: [person(siren)], max_age: 0 });
    };
    const faults = [
      null,
      { status: 404 },
      { provider: "pappers", status: 503 },
      { provider: "pappers", status: 503, error_rate: 0.5 },
      { provider: "pappers", status: 429 },
      { provider: "pappers", latency_ms: 10_000 },
      { provider: "kaspr", status: 503, error_rate: 0.5 },
      { provider: "kaspr", status: 500 },
    ];
    for (const fault of faults) {
      const siren = next();
      if (fault !== null) await world.fault({ siren, ...fault });
      await both(siren);
      await world.fault({ siren, clear: true });
      await both(siren);
    }
    await changeGate("pappers", { pausedUntil: Date.now() + 60_000, pauseReason: "quota_exhausted" });
    await both(next());

    const lines = await linesOf(world);
    const received = await Promise.all(sirens.map(world.calls));
    for (const source of ["pappers", "kaspr"]) {
      const calls = received.reduce((sum, counts) => sum + (counts[source] ?? 0), 0);
      expect(calls).toBeGreaterThan(faults.length);
      expect(lines[`${source} settled`]).toBe(calls);
    }
    expect(lines["pappers released"]).toBe(1);
    expect(Object.keys(lines).filter((line) => /reserved|presumed/.test(line))).toEqual([]);
  });

  test("that can't be written keeps the paid source from being asked, and no other", async () => {
    const world = await mintWorld();
    const siren = world.siren();
    const lift = await refuse(world, "ledger_entries", `siren <> '${siren}'`);
    const answer = await world.enrich({ siren, sources: ["recherche_entreprises", "pappers"] });
    await lift();
    expect(answer.status).toBe(200);
    expect(Company.parse(await answer.json())).toMatchObject({
      partial: true,
      missing: [{ source: "pappers", reason: "unavailable" }],
    });
    expect(await world.calls(siren)).toMatchObject({ recherche_entreprises: 1, pappers: 0 });
  });
});

describe("the audit", () => {
  test("has what was collected, for each organisation that got it, and nothing of reading it again", async () => {
    const world = await mintWorld();
    const stranger = await mintWorld();
    const siren = world.siren();
    const body = { siren, sources: ["insee", "pappers", "kaspr"], linkedin: [person(siren)] };
    const bought = await world.enrich(body);
    const credits = Number(bought.headers.get("x-cost-credits"));
    await world.enrich(body);
    await world.request(`/api/v2/companies/${siren}`);
    await stranger.enrich({ siren, sources: ["insee"] });

    const enriched = { action: "company.enriched", resource_id: siren };
    const collected = { action: "contacts.collected", resource_id: siren };
    expect(await recordsOf(world)).toEqual([
      { ...enriched, details: { sources: "insee,pappers", credits: 1 } },
      ...(credits > 1 ? [{ ...collected, details: { people: 1, credits: credits - 1 } }] : []),
    ]);
    expect(await recordsOf(stranger)).toEqual([]);
    await stranger.enrich({ siren, sources: ["insee"], max_age: 0 });
    expect(await recordsOf(stranger)).toMatchObject([{ ...enriched, details: { sources: "insee" } }]);
  });
});
