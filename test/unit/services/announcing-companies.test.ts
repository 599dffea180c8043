import { expect, test } from "vitest";
import { auditRecord } from "../../../src/domain/audit/audit-record.ts";
import type { CompanyChange } from "../../../src/domain/enrichment/ports.ts";
import { scoreCompany } from "../../../src/domain/scoring/score-company.ts";
import type { DeliveryMessage } from "../../../src/domain/webhooks/ports.ts";
import { announcingCompanies } from "../../../src/services/announcing-companies.ts";
import { buildFacts } from "../../support/build-facts.ts";

const at = "2026-11-21T09:30:00.000Z";
const facts = buildFacts();
const score = scoreCompany({ facts, sector: null, at });
const change: CompanyChange = { siren: facts.siren, at, states: [], facts, factsHash: "", score };

function world(written: string[], queueIsDown = false) {
  const sent: DeliveryMessage[] = [];
  const logged: string[] = [];
  const store = announcingCompanies(
    { load: async () => null, save: async () => written, record: async () => written },
    {
      queue: {
        send: async (messages) => {
          if (queueIsDown) throw new Error("queue down");
          sent.push(...messages);
        },
      },
      log: { event: (name) => logged.push(name) },
    },
  );
  return { store, sent, logged };
}

test("each event that a save wrote is announced, and nothing when it wrote none", async () => {
  const told = world(["evt_1", "evt_2"]);
  await told.store.save(change, []);
  expect(told.sent).toEqual([
    { type: "event.published", event_id: "evt_1" },
    { type: "event.published", event_id: "evt_2" },
  ]);
  const silent = world([]);
  await silent.store.save(change, []);
  expect(silent.sent).toEqual([]);
});

test("an enrichment whose record was written after its save failed is announced too", async () => {
  const { store, sent } = world(["evt_1"]);
  const context = {
    origin: { address: null, userAgent: null, requestId: null },
    now: 0,
    newId: () => "aud_1",
  };
  const record = auditRecord(context, {
    organisationId: "org_1",
    actor: { kind: "key", id: "key_1" },
    action: "company.enriched",
    resource: { kind: "company", id: change.siren },
    outcome: "success",
    details: { sources: "insee", credits: 0 },
  });
  await store.record(record, change);
  expect(sent).toEqual([{ type: "event.published", event_id: "evt_1" }]);
});

test("a queue that takes nothing does not fail the save: the schedule finds the event", async () => {
  const { store, logged } = world(["evt_1"], true);
  await store.save(change, []);
  expect(logged).toEqual(["events_not_queued"]);
});
