import { describe, expect, test } from "vitest";
import type { CalledAnswer } from "../../../../src/domain/enrichment/call-source.ts";
import { ContactFlight } from "../../../../src/domain/enrichment/contact-flight.ts";
import { listContacts } from "../../../../src/domain/enrichment/list-contacts.ts";
import type { ContactRequest, LinkedinProfile } from "../../../../src/domain/enrichment/ports.ts";
import {
  buildRecord,
  buildRequester,
  failedAnswer,
  foundAnswer,
  HOUR,
  iso,
  MemoryContactStore,
  MemoryTrail,
  MINUTE,
  notFoundAnswer,
  NOW,
  SIREN,
} from "../../../support/enrichment-world.ts";

const MICHEL = { nom: "Michel Durand", profil: "michel-durand" };
const CLAIRE = { nom: "Claire Petit", profil: "claire-petit" };

type Answers = (person: LinkedinProfile) => CalledAnswer;

/** A provider that knows these people and nobody else. */
function knows(people: LinkedinProfile[]): Answers {
  return (person) => {
    const { nom, profil } = person;
    if (!people.some((one) => one.profil === profil)) return notFoundAnswer();
    const contact = {
      nom,
      fonction: "Gérant",
      email_professionnel: `${profil}@durand.example`,
      telephone: null,
      linkedin: profil,
      source: "kaspr",
      collected_at: iso(NOW),
    };
    return foundAnswer(buildRecord({ contacts: [contact] }), 2);
  };
}

function board(answers: Answers) {
  const store = new MemoryContactStore();
  const asked: string[] = [];
  const payers: string[] = [];
  const clock = { now: NOW };
  const scene = { answers };
  const events: string[] = [];
  const overcome: unknown[] = [];
  const trail = new MemoryTrail();
  const flight = new ContactFlight({
    store,
    trail,
    newId: (prefix) => `${prefix}_${asked.length}`,
    ask: async (_siren, person, payer) => {
      asked.push(person.profil);
      payers.push(payer);
      return scene.answers(person);
    },
    now: () => clock.now,
    log: { event: (name) => void events.push(name) },
    overcame: (error) => void overcome.push(error),
  });
  const collect = (linkedin: LinkedinProfile[], more: Partial<ContactRequest> = {}) =>
    flight.collect({ requester: buildRequester(), siren: SIREN, linkedin, maxAgeMs: null, ...more });
  return { store, asked, payers, clock, scene, events, overcome, collect, trail };
}

describe("contacts", () => {
  test("are looked up, kept for the organisation that paid, and belong to no other", async () => {
    const { collect, store } = board(knows([MICHEL]));
    const { contacts, credits, fault } = await collect([MICHEL]);
    expect(contacts).toMatchObject([{ linkedin: "michel-durand", fresh_until: iso(NOW + 6 * HOUR) }]);
    expect([credits, fault]).toEqual([2, null]);
    expect(await store.list("org_a", SIREN)).toEqual(contacts);
    expect(await store.list("org_b", SIREN)).toEqual([]);
    expect(await store.list("org_a", "552032534")).toEqual([]);
  });

  test("are paid for by each organisation that wants them", async () => {
    const { collect, payers } = board(knows([MICHEL]));
    await collect([MICHEL]);
    expect(await collect([MICHEL], { requester: buildRequester("org_b") })).toMatchObject({ credits: 2 });
    expect(payers).toEqual(["org_a", "org_b"]);
  });

  test("asked for at the same time cost one lookup", async () => {
    const { collect, asked } = board(knows([MICHEL]));
    const results = await Promise.all(Array.from({ length: 20 }, () => collect([MICHEL], { maxAgeMs: 0 })));
    expect(asked).toEqual(["michel-durand"]);
    expect(results.reduce((sum, { credits }) => sum + credits, 0)).toBe(2);
    for (const { contacts } of results) expect(contacts).toHaveLength(1);
  });

  test("are looked up for the people not yet known only", async () => {
    const { collect, asked, scene } = board(knows([MICHEL]));
    await collect([MICHEL]);
    scene.answers = knows([CLAIRE]);
    const { contacts } = await collect([MICHEL, CLAIRE]);
    expect(asked).toEqual(["michel-durand", "claire-petit"]);
    expect(contacts.map(({ linkedin }) => linkedin)).toEqual(["michel-durand", "claire-petit"]);
  });

  test("are looked up again after six hours, or when the caller wants fresher ones", async () => {
    const { collect, asked, clock } = board(knows([MICHEL]));
    await collect([MICHEL]);
    clock.now += 6 * HOUR - 1;
    await collect([MICHEL]);
    await collect([MICHEL], { maxAgeMs: 6 * HOUR });
    expect(asked).toHaveLength(1);
    await collect([MICHEL], { maxAgeMs: MINUTE });
    expect(asked).toHaveLength(2);
    clock.now += 7 * HOUR;
    await collect([MICHEL]);
    expect(asked).toHaveLength(3);
  });

  test("already known come back without naming anybody", async () => {
    const { collect, asked } = board(knows([MICHEL]));
    await collect([MICHEL]);
    expect(await collect([])).toMatchObject({
      contacts: [{ linkedin: "michel-durand" }],
      fault: null,
      credits: 0,
    });
    expect(asked).toHaveLength(1);
  });

  test("of nobody in particular, with none known: a profile is required", async () => {
    const { collect, asked } = board(knows([MICHEL]));
    expect(await collect([])).toEqual({
      contacts: [],
      asked: false,
      audit: "nothing",
      credits: 0,
      fault: { source: "kaspr", reason: "linkedin_profile_required", retryAfterMs: null },
    });
    expect(asked).toEqual([]);
  });
});

describe("a person nobody knows", () => {
  test("is remembered for an hour, and not paid for again", async () => {
    const { collect, asked, clock } = board(knows([]));
    const { contacts } = await collect([MICHEL]);
    expect(contacts).toEqual([
      {
        nom: "Michel Durand",
        fonction: null,
        email_professionnel: null,
        telephone: null,
        linkedin: "michel-durand",
        source: "kaspr",
        collected_at: iso(NOW),
        fresh_until: iso(NOW + HOUR),
      },
    ]);
    clock.now += HOUR - 1;
    await collect([MICHEL]);
    expect(asked).toHaveLength(1);
    clock.now += 1;
    await collect([MICHEL]);
    expect(asked).toHaveLength(2);
  });

  test("next to one who is known is remembered too", async () => {
    const { collect, store, asked } = board(knows([MICHEL]));
    await collect([MICHEL, CLAIRE]);
    expect((await store.list("org_a", SIREN)).map(({ email_professionnel }) => email_professionnel)).toEqual([
      "michel-durand@durand.example",
      null,
    ]);
    await collect([MICHEL, CLAIRE]);
    expect(asked).toEqual(["michel-durand", "claire-petit"]);
  });
});

describe("contacts bought", () => {
  test("are recorded by the people found, without those nobody knows and those known before", async () => {
    const { collect, scene, store } = board(knows([MICHEL]));
    expect((await collect([MICHEL])).audit).toBe("recorded");
    scene.answers = knows([]);
    expect(await collect([MICHEL, CLAIRE])).toMatchObject({ audit: "nothing", asked: true });
    expect(store.records).toMatchObject([
      {
        organisationId: "org_a",
        action: "contacts.collected",
        resource: { kind: "company", id: SIREN },
        details: { people: 1, credits: 2 },
      },
    ]);
  });

  test("are not given before they are recorded, however often they are asked for", async () => {
    const { collect, store, trail, scene, asked } = board(knows([MICHEL]));
    const found = scene.answers;
    scene.answers = (person) => {
      store.down = true;
      return found(person);
    };
    trail.down = true;
    expect(await collect([MICHEL])).toMatchObject({ audit: "owed", credits: 2 });
    store.down = false;
    expect(await collect([MICHEL, CLAIRE])).toMatchObject({ contacts: [], audit: "owed", credits: 0 });
    trail.down = false;
    expect(await collect([MICHEL])).toMatchObject({ contacts: [{ linkedin: "michel-durand" }] });
    expect(asked).toEqual(["michel-durand"]);
    expect(trail.records).toMatchObject([{ action: "contacts.collected", organisationId: "org_a" }]);
  });

  test("before the budget was reached come back, and nobody further is asked for", async () => {
    const { collect, asked, scene } = board(knows([MICHEL]));
    const found = scene.answers;
    scene.answers = (person) => (person === CLAIRE ? failedAnswer("budget_reached", 9) : found(person));
    const anne = { nom: "Anne Roux", profil: "anne-roux" };
    expect(await collect([MICHEL, CLAIRE, anne])).toMatchObject({
      contacts: [{ linkedin: "michel-durand" }],
      audit: "recorded",
      credits: 2,
      fault: { source: "kaspr", reason: "budget_reached", retryAfterMs: 9 },
    });
    expect(asked).toEqual(["michel-durand", "claire-petit"]);
  });
});

describe("a lookup that fails", () => {
  test("gives what is known with the reason, and stores nothing", async () => {
    const { collect, store, scene } = board(knows([MICHEL]));
    await collect([MICHEL]);
    scene.answers = () => failedAnswer("quota_exhausted", 60_000);
    const { contacts, fault } = await collect([MICHEL, CLAIRE]);
    expect(contacts).toMatchObject([{ linkedin: "michel-durand" }]);
    expect(fault).toEqual({ source: "kaspr", reason: "quota_exhausted", retryAfterMs: 60_000 });
    expect(await store.list("org_a", SIREN)).toHaveLength(1);
  });

  test("half-way keeps who was found; the other one is not taken for unknown", async () => {
    const { collect, store, asked, scene } = board(knows([MICHEL]));
    const found = scene.answers;
    scene.answers = (person) => (person === CLAIRE ? failedAnswer("unavailable") : found(person));
    const { contacts, fault, credits } = await collect([MICHEL, CLAIRE]);
    expect(contacts.map(({ linkedin }) => linkedin)).toEqual(["michel-durand"]);
    expect(fault).toMatchObject({ source: "kaspr", reason: "unavailable" });
    expect(credits).toBe(2);
    scene.answers = knows([CLAIRE]);
    await collect([MICHEL, CLAIRE]);
    expect(asked.at(-1)).toBe("claire-petit");
    expect(await store.list("org_a", SIREN)).toHaveLength(2);
  });

  test("stops there: the next person would meet the same refusal", async () => {
    const { collect, asked } = board(() => failedAnswer("busy", 1_000));
    await collect([MICHEL, CLAIRE]);
    expect(asked).toEqual(["michel-durand"]);
  });

  test("for one person's sake goes on to the next", async () => {
    const { collect, asked } = board(() => failedAnswer("rejected"));
    await collect([MICHEL, CLAIRE]);
    expect(asked).toEqual(["michel-durand", "claire-petit"]);
  });
});

describe("Postgres away", () => {
  test("before the lookup: nothing is asked, nothing is charged, and the next one works", async () => {
    const { collect, store, asked } = board(knows([MICHEL]));
    store.down = true;
    await expect(collect([MICHEL])).rejects.toThrow("postgres is away");
    expect(asked).toEqual([]);
    store.down = false;
    expect(await collect([MICHEL])).toMatchObject({ fault: null, credits: 2 });
  });

  test("after the lookup: what was paid for answers, is not paid again, and is stored next time", async () => {
    const { collect, store, scene, events, overcome, asked } = board(knows([MICHEL]));
    const found = scene.answers;
    scene.answers = (person) => {
      store.down = true;
      return found(person);
    };
    expect((await collect([MICHEL])).contacts).toMatchObject([{ linkedin: "michel-durand" }]);
    expect(events).toContain("contacts_not_stored");
    expect(overcome).toHaveLength(1);
    store.down = false;
    scene.answers = knows([CLAIRE]);
    const again = await collect([MICHEL, CLAIRE]);
    expect(again.credits).toBe(2);
    expect(asked).toEqual(["michel-durand", "claire-petit"]);
    expect(await store.list("org_a", SIREN)).toHaveLength(2);
  });
});

describe("reading an organisation's contacts", () => {
  test("that can't be read is a fault, never a failure of the whole answer", async () => {
    const store = new MemoryContactStore();
    expect(await listContacts(store, "org_a", SIREN)).toEqual({
      contacts: [],
      asked: false,
      audit: "nothing",
      fault: null,
      credits: 0,
    });
    store.down = true;
    expect(await listContacts(store, "org_a", SIREN)).toEqual({
      contacts: [],
      asked: false,
      audit: "nothing",
      fault: { source: "kaspr", reason: "unavailable", retryAfterMs: null },
      credits: 0,
    });
  });
});
