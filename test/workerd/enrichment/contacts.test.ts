import { expect, test } from "vitest";
import { Company, type Contact } from "../../../src/domain/companies/company.ts";
import { Problem } from "../../../src/http/problem.ts";
import { mintWorld, type World } from "../../support/world.ts";

const SOURCES = ["recherche_entreprises", "kaspr"];

/** The sandbox knows `…-<siren>` as working at that company; some people have neither e-mail nor telephone. */
const person = (siren: string, name = "anne-roux") => ({ nom: "Anne Roux", profil: `${name}-${siren}` });

async function contactsSeenBy(world: World, siren: string): Promise<Contact[]> {
  const response = await world.request(`/api/v2/companies/${siren}`);
  return Company.parse(await response.json()).contacts;
}

/** A company at which the sandbox can reach the person. */
async function reachable(world: World): Promise<{ siren: string; company: Company; credits: number }> {
  for (let count = 0; count < 10; count++) {
    const siren = world.siren(`company ${count}`);
    const answer = await world.enrich({ siren, sources: SOURCES, linkedin: [person(siren)] });
    const company = Company.parse(await answer.json());
    const credits = Number(answer.headers.get("x-cost-credits"));
    if (company.contacts.length > 0) return { siren, company, credits };
  }
  throw new Error("the sandbox reaches nobody");
}

test("contacts are seen by the organisation that paid for them, and by no other", async () => {
  const world = await mintWorld();
  const stranger = await mintWorld();
  const { siren, company, credits } = await reachable(world);
  expect(company.contacts).toMatchObject([{ linkedin: `anne-roux-${siren}`, source: "kaspr" }]);
  expect(credits).toBeGreaterThanOrEqual(2);
  expect(await contactsSeenBy(world, siren)).toEqual(company.contacts);

  expect(await contactsSeenBy(stranger, siren)).toEqual([]);
  const enriched = await stranger.enrich({ siren });
  expect(Company.parse(await enriched.json()).contacts).toEqual([]);
  const named = await stranger.enrich({ siren, sources: SOURCES });
  expect(Company.parse(await named.json())).toMatchObject({
    contacts: [],
    missing: [{ source: "kaspr", reason: "linkedin_profile_required" }],
  });
  expect(await world.calls(siren)).toMatchObject({ kaspr: 1 });
});

test("contacts already bought cost nothing the second time, whoever of the organisation asks", async () => {
  const world = await mintWorld();
  const { siren, company } = await reachable(world);
  const again = await world.enrich({ siren, sources: SOURCES, linkedin: [person(siren)] });
  expect(again.headers.get("x-cost-credits")).toBe("0");
  expect(Company.parse(await again.json()).contacts).toEqual(company.contacts);
  expect(await world.calls(siren)).toMatchObject({ kaspr: 1 });
});

test("requests at the same time share one lookup", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.fault({ siren, provider: "kaspr", latency_ms: 300 });
  const credits = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const answer = await world.enrich({ siren, sources: SOURCES, linkedin: [person(siren)] });
      return answer.headers.get("x-cost-credits") === "0" ? 0 : 1;
    }),
  );
  expect(await world.calls(siren)).toMatchObject({ kaspr: 1 });
  expect(credits.reduce<number>((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1);
});

test("contacts just bought are in the next read, even where an answer without them was still warm", async () => {
  const world = await mintWorld();
  const probe = await mintWorld();
  const { siren } = await reachable(probe);
  expect(await contactsSeenBy(world, siren)).toEqual([]);
  expect(await contactsSeenBy(world, siren)).toEqual([]);
  const bought = await world.enrich({ siren, sources: SOURCES, linkedin: [person(siren)] });
  const { contacts } = Company.parse(await bought.json());
  expect(contacts).toHaveLength(1);
  expect(await contactsSeenBy(world, siren)).toEqual(contacts);
});

test("a person nobody knows is not paid for, nor asked for twice, nor shown", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.fault({ siren, provider: "kaspr", status: 404 });
  const body = { siren, sources: SOURCES, linkedin: [person(siren)] };
  const first = await world.enrich(body);
  expect(first.headers.get("x-cost-credits")).toBe("0");
  expect(Company.parse(await first.json())).toMatchObject({ contacts: [], partial: false });
  await world.enrich(body);
  expect(await world.calls(siren)).toMatchObject({ kaspr: 1 });
});

test("Kaspr failing leaves the company, and says what is missing", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  await world.fault({ siren, provider: "kaspr", status: 503 });
  const answer = await world.enrich({ siren, sources: SOURCES, linkedin: [person(siren)] });
  expect(Company.parse(await answer.json())).toMatchObject({
    partial: true,
    missing: [{ source: "kaspr", reason: "unavailable" }],
  });
});

test("the same person named twice is looked up, and paid for, once", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const { nom, profil } = person(siren);
  const people = [profil, `https://www.linkedin.com/in/${profil}/`].map((one) => ({ nom, profil: one }));
  const answer = await world.enrich({ siren, sources: SOURCES, linkedin: people });
  expect(answer.status).toBe(200);
  expect(await world.calls(siren)).toMatchObject({ kaspr: 1 });
  const company = Company.parse(await answer.json());
  expect(company.sources.find(({ name }) => name === "kaspr")).toMatchObject({ cache: "miss" });
});

test("Kaspr alone, for a company nobody has stored, costs nothing and says what to do first", async () => {
  const world = await mintWorld();
  const siren = world.siren();
  const answer = await world.enrich({ siren, sources: ["kaspr"], linkedin: [person(siren)] });
  expect(answer.status).toBe(404);
  const problem = Problem.parse(await answer.json());
  expect(problem).toMatchObject({ code: "enrichment.register_source_needed", retryable: false });
  expect(problem.detail).toContain("« sources »");
  expect(await world.calls(siren)).toMatchObject({ kaspr: 0 });
});
