import { describe, expect, test } from "vitest";
import { composeCompany, type Composition } from "../../../../src/domain/enrichment/compose-company.ts";
import { CompanyNotFound, EnrichmentUnavailable } from "../../../../src/domain/enrichment/errors.ts";
import type { FailureReason } from "../../../../src/domain/enrichment/failure-reason.ts";
import type { CollectedContact, SourceFault } from "../../../../src/domain/enrichment/ports.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import { buildDirigeant, buildEvenement } from "../../../support/build-facts.ts";
import {
  buildRecord,
  buildState,
  buildStored,
  DAY,
  HOUR,
  iso,
  MINUTE,
  NOW,
} from "../../../support/enrichment-world.ts";

function compose(overrides: Partial<Composition> = {}) {
  return composeCompany({
    stored: buildStored([buildState("insee")]),
    contacts: [],
    contactsAsked: false,
    asked: [],
    faults: [],
    now: NOW,
    provenance: false,
    ...overrides,
  });
}

function fault(source: SourceName, reason: FailureReason, retryAfterMs: number | null = null): SourceFault {
  return { source, reason, retryAfterMs };
}

const NOTHING = buildStored([]);
const NOBODY = buildStored([buildState("insee", { record: null })]);

function thrownBy(overrides: Partial<Composition>): unknown {
  try {
    return compose(overrides);
  } catch (error) {
    return error;
  }
}

describe("a company that no source knows", () => {
  test("is not found when every source asked answered", () => {
    expect(thrownBy({ stored: NOBODY, asked: ["insee"] })).toEqual(new CompanyNotFound({ asked: true }));
    expect(thrownBy({ stored: NOTHING })).toBeInstanceOf(CompanyNotFound);
  });

  test.each([
    "busy",
    "unavailable",
    "timeout",
    "malformed",
    "rejected",
    "invalid_key",
    "quota_exhausted",
    "circuit_open",
    "not_configured",
  ] as const)("may exist while a source could not be asked: %s", (reason) => {
    const error = thrownBy({ stored: NOBODY, asked: ["insee", "bodacc"], faults: [fault("bodacc", reason)] });
    expect(error).toBeInstanceOf(EnrichmentUnavailable);
    expect(error).toMatchObject({ faults: [{ source: "bodacc", reason }] });
  });

  test("is not made to exist by a question that named no person", () => {
    const faults = [fault("kaspr", "linkedin_profile_required")];
    expect(thrownBy({ stored: NOBODY, faults })).toBeInstanceOf(CompanyNotFound);
  });

  test.each([
    [[fault("insee", "busy", 12_300), fault("bodacc", "busy", 2_100)], 3],
    [[fault("insee", "timeout")], 5],
    [[fault("insee", "busy", 0)], 1],
  ])("tells when to come back: at the first source that returns", (faults, seconds) => {
    expect(thrownBy({ stored: NOTHING, faults })).toMatchObject({ retryAfterSeconds: seconds });
  });
});

describe("what is missing", () => {
  test("is a source that failed and of which nothing is known", () => {
    const company = compose({ faults: [fault("pappers", "quota_exhausted", 59_100)] });
    expect(company.partial).toBe(true);
    expect(company.missing).toEqual([
      { source: "pappers", reason: "quota_exhausted", retry_after_seconds: 60 },
    ]);
  });

  test("is not a source whose older answer serves", () => {
    const company = compose({ faults: [fault("insee", "timeout")] });
    expect([company.partial, company.missing]).toEqual([false, []]);
  });

  test("is a source that failed where it once knew no such company", () => {
    const stored = buildStored([buildState("insee"), buildState("pappers", { record: null })]);
    expect(compose({ stored, faults: [fault("pappers", "timeout")] }).missing).toMatchObject([
      { source: "pappers", retry_after_seconds: null },
    ]);
  });

  test("makes the company partial when a source itself said so", () => {
    const stored = buildStored([buildState("pappers", { partial: true })]);
    expect(compose({ stored })).toMatchObject({
      partial: true,
      missing: [{ source: "pappers", reason: "partial_answer" }],
    });
  });

  test("is nothing when all answered, even that they know no such company", () => {
    const stored = buildStored([buildState("insee"), buildState("pappers", { record: null })]);
    const company = compose({ stored, asked: ["insee", "pappers"] });
    expect(company).toMatchObject({ partial: false, missing: [] });
    expect(company.sources.map(({ name, found }) => [name, found])).toEqual([
      ["insee", true],
      ["pappers", false],
    ]);
  });
});

describe("where each source's answer comes from", () => {
  const old = buildState("insee", { retrieved_at: iso(NOW - 3 * DAY), fresh_until: iso(NOW - 2 * DAY) });

  test("the source itself, just now", () => {
    expect(compose({ asked: ["insee"] }).sources).toEqual([
      {
        name: "insee",
        found: true,
        retrieved_at: iso(NOW),
        age_seconds: 0,
        cache: "miss",
        refresh_failure: null,
      },
    ]);
  });

  test("a copy that is fresh, with its age", () => {
    expect(compose({ now: NOW + 90_500 }).sources).toMatchObject([{ cache: "hit", age_seconds: 90 }]);
  });

  test("a copy past its time", () => {
    expect(compose({ stored: buildStored([old]) }).sources).toMatchObject([
      { cache: "stale", age_seconds: 259_200, refresh_failure: null },
    ]);
  });

  test("an older answer because the source fails, with the reason", () => {
    const stored = buildStored([old]);
    const [source] = compose({ stored, asked: ["insee"], faults: [fault("insee", "circuit_open")] }).sources;
    expect(source).toMatchObject({ cache: "stale", age_seconds: 259_200, refresh_failure: "circuit_open" });
  });

  test("the last thing said by a source that no longer knows the company", () => {
    const stored = buildStored([{ ...old, vanished: true, fresh_until: iso(NOW + HOUR) }]);
    expect(compose({ stored }).sources).toMatchObject([{ cache: "stale" }]);
    expect(compose({ stored, asked: ["insee"] }).sources).toMatchObject([{ cache: "stale" }]);
  });

  test("a clock behind the writer's never makes a negative age", () => {
    expect(compose({ now: NOW - MINUTE }).sources).toMatchObject([{ age_seconds: 0 }]);
  });

  test("and the company was last scraped when its latest source was", () => {
    const stored = buildStored([buildState("bodacc", { retrieved_at: iso(NOW - 5) }), old]);
    expect(compose({ stored }).last_scraped_at).toBe(iso(NOW - 5));
  });
});

describe("the score", () => {
  const leader = { dirigeants: [buildDirigeant({ annee_naissance: 1961 })] };
  const sale = { evenements: [buildEvenement({ type: "modification_capital", date: "2026-11-01" })] };
  const stored = buildStored([buildState("insee", { record: buildRecord({ ...leader, ...sale }) })]);

  test("is the stored one for an hour", () => {
    const company = compose({ stored, now: NOW + HOUR - 1 });
    expect(company.score).toBe(stored.score);
    expect(company.ma_score).toBe(stored.score?.ma_score);
  });

  test("is worked out again after an hour, from the same facts at the new date", () => {
    const company = compose({ stored, now: NOW + HOUR });
    expect(company.score?.computed_at).toBe(iso(NOW + HOUR));
    expect(company.ma_score).toBe(company.score?.ma_score);
    expect(company.score?.model).toBe(stored.score?.model);
  });
});

describe("contacts", () => {
  const contact: CollectedContact = {
    nom: "Michel Durand",
    fonction: null,
    email_professionnel: "m@durand.example",
    telephone: null,
    linkedin: "michel-durand",
    source: "kaspr",
    collected_at: iso(NOW),
    fresh_until: iso(NOW + HOUR),
  };

  test("are shown when there is a way to reach the person, without our bookkeeping", () => {
    const { fresh_until: _, ...shown } = contact;
    const empty = { ...contact, email_professionnel: null };
    const byPhone = { ...empty, telephone: "+33 1" };
    expect(compose({ contacts: [contact, empty, byPhone] }).contacts).toEqual([
      shown,
      { ...shown, email_professionnel: null, telephone: "+33 1" },
    ]);
  });
});

describe("provenance", () => {
  test("is given on request only, with value, origin, age and confidence", () => {
    expect("provenance" in compose()).toBe(false);
    const company = compose({ provenance: true, asked: ["insee"] });
    expect(company.provenance?.["nom_entreprise"]).toEqual({
      value: "ATELIERS DURAND",
      source: "insee",
      retrieved_at: iso(NOW),
      as_of: "2026-11-01",
      confidence: 0.98,
      cache: "miss",
    });
  });
});
