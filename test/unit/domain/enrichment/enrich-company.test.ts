import { describe, expect, test } from "vitest";
import type { Principal } from "../../../../src/domain/accounts/principal.ts";
import { enrichCompany, type EnrichInput } from "../../../../src/domain/enrichment/enrich-company.ts";
import {
  CompanyNotFound,
  EnrichmentUnavailable,
  StorageUnavailable,
} from "../../../../src/domain/enrichment/errors.ts";
import type {
  ContactRequest,
  ContactResult,
  RefreshRequest,
  RefreshResult,
} from "../../../../src/domain/enrichment/ports.ts";
import type { StoredCompany } from "../../../../src/domain/enrichment/stored-company.ts";
import { AuditUnavailable } from "../../../../src/domain/audit/errors.ts";
import { BudgetReached } from "../../../../src/domain/usage/errors.ts";
import type { Spent } from "../../../../src/domain/usage/money.ts";
import {
  buildState,
  buildStored,
  DAY,
  HOUR,
  iso,
  MemoryContactStore,
  MemoryLayer,
  NOW,
  SIREN,
} from "../../../support/enrichment-world.ts";

const ACTOR: Principal = {
  organisationId: "org_a",
  actor: { kind: "key", id: "key_a" },
  since: 0,
  session: null,
  plan: "pro",
  mode: "live",
  scopes: new Set(["enrich:write"]),
};

const REQUESTER = {
  organisationId: "org_a",
  actor: ACTOR.actor,
  origin: { address: "192.0.2.1", userAgent: null, requestId: "req_1" },
};

const FRESH = buildStored([buildState("insee", { retrieved_at: iso(NOW - 1_000) })]);
const AFTER = buildStored([buildState("insee")]);
const agedBy = (ms: number): StoredCompany =>
  buildStored([buildState("insee", { retrieved_at: iso(NOW - ms - HOUR), fresh_until: iso(NOW - ms) })]);

const nobody = (until: number): StoredCompany =>
  buildStored([buildState("insee", { record: null, fresh_until: iso(until) })]);

function board(copy: StoredCompany | null, outcome: Partial<RefreshResult> | Error = {}) {
  const layers = (["isolate", "edge", "kv"] as const).map((name) => new MemoryLayer(name));
  if (copy !== null) layers[2]?.copies.set(SIREN, copy);
  const refreshes: RefreshRequest[] = [];
  const contactRequests: ContactRequest[] = [];
  const background: Promise<unknown>[] = [];
  const contacts = new MemoryContactStore();
  const scene: { contacts: ContactResult } = {
    contacts: { contacts: [], asked: false, audit: "nothing", fault: null, credits: 0 },
  };
  const spendings: Spent[] = [];
  const pokes = { count: 0 };
  const deps = {
    origin: REQUESTER.origin,
    poke: () => void (pokes.count += 1),
    spend: (spent: Spent) => void spendings.push(spent),
    layers,
    contacts,
    now: () => NOW,
    background: (work: Promise<unknown>) => void background.push(work),
    flights: {
      refresh: async (request: RefreshRequest): Promise<RefreshResult> => {
        refreshes.push(request);
        if (outcome instanceof Error) throw outcome;
        const asked: RefreshResult = {
          stored: AFTER,
          asked: ["insee"],
          audit: "recorded",
          faults: [],
          spent: {},
          origin: "sources",
        };
        return { ...asked, ...outcome };
      },
      collectContacts: async (request: ContactRequest) => {
        contactRequests.push(request);
        return scene.contacts;
      },
      forget: async () => undefined,
    },
  };
  const enrich = (input: Partial<EnrichInput> = {}) =>
    enrichCompany(deps, ACTOR, {
      siren: SIREN,
      sources: ["insee"],
      maxAgeMs: null,
      linkedin: [],
      provenance: false,
      ...input,
    });
  return { layers, refreshes, contactRequests, background, scene, enrich, spendings, pokes };
}

describe("a copy that is", () => {
  test("fresh answers alone", async () => {
    const { enrich, refreshes, background } = board(FRESH);
    const { company, freshness, trail } = await enrich();
    expect(company.sources).toMatchObject([{ cache: "hit", age_seconds: 1 }]);
    expect(freshness).toBe("fresh");
    expect(trail.at(-1)).toEqual({ level: "kv", hit: true });
    expect([refreshes, background]).toEqual([[], []]);
  });

  test("stale answers at once while it is refreshed behind", async () => {
    const { enrich, refreshes, background, layers } = board(agedBy(1));
    const { company, freshness } = await enrich();
    expect(company.sources).toMatchObject([{ cache: "stale", refresh_failure: null }]);
    expect(freshness).toBe("stale");
    await Promise.all(background);
    expect(refreshes).toHaveLength(1);
    expect(layers[0]?.copies.get(SIREN)).toBe(AFTER);
  });

  test("expired is refreshed before the answer", async () => {
    const { enrich, refreshes } = board(agedBy(DAY));
    const { company, freshness, trail } = await enrich();
    expect(company.sources).toMatchObject([{ cache: "miss", age_seconds: 0 }]);
    expect(freshness).toBe("expired");
    expect(refreshes).toEqual([
      { siren: SIREN, sources: ["insee"], maxAgeMs: null, requester: REQUESTER, patience: "request" },
    ]);
    expect(trail.every(({ hit }) => !hit)).toBe(true);
  });

  test("older than the caller accepts is refreshed before the answer", async () => {
    const { enrich, refreshes } = board(FRESH);
    await enrich({ maxAgeMs: 2_000 });
    expect(refreshes).toEqual([]);
    await enrich({ maxAgeMs: 500 });
    expect(refreshes).toHaveLength(1);
  });

  test("without the source asked for is refreshed before the answer", async () => {
    const { enrich, refreshes } = board(FRESH);
    await enrich({ sources: ["insee", "pappers"] });
    expect(refreshes).toHaveLength(1);
  });

  test("'no such company' serves while it is fresh, and not a moment longer", async () => {
    const fresh = board(nobody(NOW + 1));
    await expect(fresh.enrich()).rejects.toBeInstanceOf(CompanyNotFound);
    expect(fresh.refreshes).toEqual([]);
    const stale = board(nobody(NOW));
    expect((await stale.enrich()).company.siren).toBe(SIREN);
    expect(stale.refreshes).toHaveLength(1);
  });
});

describe("a refresh", () => {
  test("fills the nearer levels once for all who waited; KV was written by the refresh itself", async () => {
    const { enrich, layers, background } = board(null);
    for (const maxAgeMs of [null, -1, -1]) await enrich({ maxAgeMs });
    await Promise.all(background);
    expect(layers.map(({ written }) => written.length)).toEqual([1, 1, 0]);
  });

  test("that found everything fresh in Postgres says so", async () => {
    const { enrich } = board(null, { asked: [], origin: "postgres" });
    expect((await enrich()).trail.at(-1)).toEqual({ level: "postgres", hit: true });
  });

  test("that asked the sources says that no level had it", async () => {
    const { enrich, spendings } = board(null, { spent: { pappers: 1 } });
    const { trail } = await enrich();
    expect(trail).toEqual(["isolate", "edge", "kv", "postgres"].map((level) => ({ level, hit: false })));
    expect(spendings).toEqual([{ pappers: 1 }]);
  });

  test("that failed leaves an old copy to answer, whatever its age, with the reason", async () => {
    const old = agedBy(20 * DAY);
    const faults = [{ source: "insee", reason: "timeout", retryAfterMs: null } as const];
    const { enrich } = board(old, { stored: old, faults });
    expect((await enrich()).company.sources).toMatchObject([{ cache: "stale", refresh_failure: "timeout" }]);
  });

  test("that failed of a company nobody has heard of concludes nothing", async () => {
    const faults = [{ source: "insee", reason: "timeout", retryAfterMs: null } as const];
    await expect(board(null, { stored: buildStored([]), faults }).enrich()).rejects.toBeInstanceOf(
      EnrichmentUnavailable,
    );
  });
});

describe("the place where refreshes happen can't be reached", () => {
  const lost = new StorageUnavailable("away");

  test("an old copy answers, with the reason", async () => {
    const { enrich } = board(agedBy(DAY), lost);
    const { company } = await enrich({ sources: ["insee", "pappers"] });
    expect(company.sources).toMatchObject([{ cache: "stale", refresh_failure: "unavailable" }]);
    expect(company.missing).toMatchObject([{ source: "pappers", reason: "unavailable" }]);
  });

  test("a refresh behind a stale answer fails in silence", async () => {
    const { enrich, background } = board(agedBy(1), lost);
    expect((await enrich()).freshness).toBe("stale");
    await expect(Promise.all(background)).resolves.toBeDefined();
  });

  test("without a copy there is no answer", async () => {
    await expect(board(null, lost).enrich()).rejects.toBeInstanceOf(StorageUnavailable);
    await expect(board(nobody(NOW), lost).enrich()).rejects.toBeInstanceOf(StorageUnavailable);
  });
});

describe("contacts", () => {
  const people = [{ nom: "Michel Durand", profil: "michel-durand" }];

  test("are asked of Kaspr only when it is named, for the organisation that asks", async () => {
    const { enrich, contactRequests, refreshes } = board(FRESH);
    await enrich({ linkedin: people });
    expect(contactRequests).toEqual([]);
    await enrich({ sources: ["insee", "kaspr"], linkedin: people, maxAgeMs: 60_000 });
    expect(contactRequests).toEqual([
      { requester: REQUESTER, siren: SIREN, linkedin: people, maxAgeMs: 60_000 },
    ]);
    expect(refreshes).toEqual([]);
  });

  test("that cost credits add to the cost of the answer, and a failure to what is missing", async () => {
    const { enrich, scene, spendings } = board(FRESH);
    const fault = { source: "kaspr", reason: "quota_exhausted", retryAfterMs: null } as const;
    scene.contacts = { contacts: [], asked: true, audit: "nothing", fault, credits: 2 };
    const { company } = await enrich({ sources: ["insee", "kaspr"] });
    expect(spendings).toEqual([{ kaspr: 2 }]);
    expect(company).toMatchObject({
      partial: true,
      missing: [{ source: "kaspr", reason: "quota_exhausted" }],
    });
  });
});

describe("a paid source that the budget refuses", () => {
  const refusal = { source: "pappers", reason: "budget_reached", retryAfterMs: 1_500 } as const;
  const input = { sources: ["insee", "pappers"] } as Partial<EnrichInput>;

  test("is a refusal of the whole, until the month ends, when nothing was spent", async () => {
    const { enrich, spendings, pokes } = board(null, { asked: ["insee", "pappers"], faults: [refusal] });
    const error: unknown = await enrich(input).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BudgetReached);
    expect(error).toMatchObject({ retryAfterSeconds: 2 });
    expect(spendings).toEqual([{}]);
    // The free source answered, and what it said is in the audit.
    expect(pokes.count).toBe(1);
  });

  test("leaves what was paid for, and says what is missing", async () => {
    const { enrich, scene } = board(null, { asked: ["pappers"], spent: { pappers: 1 } });
    const fault = { ...refusal, source: "kaspr" } as const;
    scene.contacts = { contacts: [], asked: true, audit: "nothing", fault, credits: 0 };
    const { company } = await enrich({ sources: ["pappers", "kaspr"] });
    expect(company).toMatchObject({
      partial: true,
      missing: [{ source: "kaspr", reason: "budget_reached", retry_after_seconds: 2 }],
    });
  });

  test("behind a stale answer is not asked, and nobody is refused", async () => {
    const { enrich, background } = board(agedBy(1), { faults: [{ ...refusal, source: "insee" }] });
    expect((await enrich()).company.sources).toMatchObject([{ cache: "stale" }]);
    await Promise.all(background);
  });
});

describe("the audit", () => {
  test("takes what was recorded, of the company and of contacts, also behind a stale answer", async () => {
    const both = board(null);
    both.scene.contacts = { ...both.scene.contacts, asked: true, audit: "recorded" };
    await both.enrich({ sources: ["insee", "kaspr"] });
    expect(both.pokes.count).toBe(2);
    const behind = board(agedBy(1));
    await behind.enrich();
    await Promise.all(behind.background);
    expect(behind.pokes.count).toBe(1);
  });

  test("has nothing of a plain read, nor of sources that did not answer", async () => {
    const faults = [{ source: "insee", reason: "timeout", retryAfterMs: null } as const];
    for (const { enrich, pokes } of [
      board(FRESH),
      board(agedBy(DAY), { asked: ["insee"], audit: "nothing", faults }),
    ]) {
      await enrich();
      expect(pokes.count).toBe(0);
    }
  });

  test("that can't be written stops the answer and its copies, buys nothing more, and what it cost is told", async () => {
    const { enrich, spendings, layers, contactRequests } = board(null, {
      audit: "owed",
      spent: { pappers: 1 },
    });
    await expect(enrich({ sources: ["insee", "kaspr"] })).rejects.toBeInstanceOf(AuditUnavailable);
    expect(spendings).toEqual([{ pappers: 1 }]);
    expect([layers.flatMap(({ written }) => written), contactRequests]).toEqual([[], []]);
  });

  test("that can't have the contacts stops the answer too", async () => {
    const { enrich, scene, spendings } = board(FRESH);
    scene.contacts = { ...scene.contacts, asked: true, audit: "owed", credits: 2 };
    await expect(enrich({ sources: ["insee", "kaspr"] })).rejects.toBeInstanceOf(AuditUnavailable);
    expect(spendings).toEqual([{ kaspr: 2 }]);
  });
});
