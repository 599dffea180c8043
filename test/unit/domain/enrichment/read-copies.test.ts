import { describe, expect, test } from "vitest";
import { forgetCopies } from "../../../../src/domain/companies/forget-copies.ts";
import { getCompany } from "../../../../src/domain/companies/get-company.ts";
import type { Principal } from "../../../../src/domain/accounts/principal.ts";
import { CompanyNotFound } from "../../../../src/domain/enrichment/errors.ts";
import { readCopies } from "../../../../src/domain/enrichment/read-copies.ts";
import {
  isKnown,
  isSameCopy,
  parseStoredCompany,
  STORED_COMPANY_VERSION,
} from "../../../../src/domain/enrichment/stored-company.ts";
import {
  buildState,
  buildStored,
  HOUR,
  iso,
  MemoryContactStore,
  MemoryLayer,
  NOW,
  SIREN,
} from "../../../support/enrichment-world.ts";

const COPY = buildStored([buildState("insee")]);
const ACTOR: Principal = {
  organisationId: "org_a",
  actor: { kind: "key", id: "key_a" },
  since: 0,
  session: null,
  plan: "pro",
  mode: "live",
  scopes: new Set(["companies:read"]),
};

function levels(holder: string) {
  return (["isolate", "edge", "kv", "postgres"] as const).map(
    (name) => new MemoryLayer(name, name === holder ? COPY : undefined),
  );
}

describe("reading a company's copies", () => {
  test("stops at the first level that has one, and says what it met on the way", async () => {
    const layers = levels("kv");
    const { stored, trail } = await readCopies(layers, SIREN);
    expect(stored).toBe(COPY);
    expect(trail).toEqual([
      { level: "isolate", hit: false },
      { level: "edge", hit: false },
      { level: "kv", hit: true },
    ]);
    expect(layers.map(({ reads }) => reads)).toEqual([1, 1, 1, 0]);
  });

  test("gives it to the faster levels, and to no other", async () => {
    const layers = levels("kv");
    await readCopies(layers, SIREN);
    expect(layers.map(({ written }) => written)).toEqual([[COPY], [COPY], [], []]);
  });

  test("asks every level before it gives up, and writes nothing", async () => {
    const layers = levels("none");
    expect(await readCopies(layers, SIREN)).toMatchObject({ stored: null });
    expect(layers.map(({ reads, written }) => [reads, written])).toEqual(layers.map(() => [1, []]));
  });
});

describe("a copy in a cache", () => {
  test("is read back as it was written", () => {
    expect(parseStoredCompany(JSON.stringify(COPY))).toEqual(COPY);
  });

  test.each([
    ["another version", JSON.stringify({ ...COPY, v: STORED_COMPANY_VERSION + 1 })],
    ["no version", JSON.stringify({ siren: SIREN, states: [] })],
    ["no states", JSON.stringify({ v: STORED_COMPANY_VERSION, siren: SIREN })],
    ["states that are no list", JSON.stringify({ v: STORED_COMPANY_VERSION, siren: SIREN, states: {} })],
    ["another kind of number", JSON.stringify({ v: STORED_COMPANY_VERSION, siren: 912345675, states: [] })],
    ["null", "null"],
    ["a text", '"copy"'],
    ["half a copy", JSON.stringify(COPY).slice(0, 40)],
    ["nothing", ""],
  ])("is none when it holds %s", (_case, text) => {
    expect(parseStoredCompany(text)).toBeNull();
  });

  test("is known when a source knows the company", () => {
    expect(isKnown(COPY)).toBe(true);
    expect(isKnown(buildStored([buildState("insee", { record: null })]))).toBe(false);
    expect(isKnown({ ...COPY, score: null })).toBe(false);
    expect(isKnown(null)).toBe(false);
  });

  test("is the same as another when the same refresh made both", () => {
    expect(isSameCopy(structuredClone(COPY), COPY)).toBe(true);
    expect(isSameCopy(null, COPY)).toBe(false);
    const later = buildStored([buildState("insee", { retrieved_at: iso(NOW + 1) })]);
    expect(isSameCopy(later, COPY)).toBe(false);
    expect(isSameCopy(buildStored([buildState("insee")], { score: null }), COPY)).toBe(false);
  });
});

describe("dropping a company's copies", () => {
  test("empties every level and what the flight remembers", async () => {
    const layers = levels("kv");
    await readCopies(layers, SIREN);
    const forgotten: string[] = [];
    const flights = {
      refresh: async () => Promise.reject(new Error("nothing may be asked")),
      collectContacts: async () => Promise.reject(new Error("nothing may be asked")),
      forget: async (siren: string) => void forgotten.push(siren),
    };
    await forgetCopies({ layers, flights }, SIREN);
    expect(layers.map(({ copies }) => copies.size)).toEqual([0, 0, 0, 0]);
    expect(forgotten).toEqual([SIREN]);
  });
});

describe("reading one stored company", () => {
  const input = { siren: SIREN, provenance: false };

  test("gives what is stored however old it is, asks nobody, and says where it was found", async () => {
    const contacts = new MemoryContactStore();
    const deps = { layers: levels("postgres"), contacts, now: () => NOW + 1_000 * HOUR };
    const { company, trail } = await getCompany(deps, ACTOR, input);
    expect(company).toMatchObject({ siren: SIREN, sources: [{ cache: "stale" }], partial: false });
    expect(trail.at(-1)).toEqual({ level: "postgres", hit: true });
  });

  test("adds the contacts of the organisation that reads, and no other's", async () => {
    const contacts = new MemoryContactStore();
    const contact = {
      nom: "Michel Durand",
      fonction: null,
      email_professionnel: "m@durand.example",
      telephone: null,
      linkedin: "michel-durand",
      source: "kaspr",
      collected_at: iso(NOW),
      fresh_until: iso(NOW),
    };
    await contacts.save({ organisationId: "org_a", siren: SIREN }, [contact], []);
    const deps = { layers: levels("isolate"), contacts, now: () => NOW };
    expect((await getCompany(deps, ACTOR, input)).company.contacts).toHaveLength(1);
    const stranger = { ...ACTOR, organisationId: "org_b" };
    expect((await getCompany(deps, stranger, input)).company.contacts).toEqual([]);
  });

  test("still answers when the contacts can't be read, and says that they are missing", async () => {
    const contacts = new MemoryContactStore();
    contacts.down = true;
    const deps = { layers: levels("isolate"), contacts, now: () => NOW };
    const { company } = await getCompany(deps, ACTOR, input);
    expect(company).toMatchObject({ partial: true, missing: [{ source: "kaspr", reason: "unavailable" }] });
  });

  test.each([
    ["no level has it", levels("none")],
    ["no source knew it", [new MemoryLayer("kv", buildStored([buildState("insee", { record: null })]))]],
  ])("is not found when %s, without a word on the registers", async (_case, layers) => {
    const deps = { layers, contacts: new MemoryContactStore(), now: () => NOW };
    await expect(getCompany(deps, ACTOR, input)).rejects.toEqual(new CompanyNotFound({ asked: false }));
  });
});
