import { expect, test } from "vitest";
import { auditRecord } from "../../../../src/domain/audit/audit-record.ts";
import type { CompanyChange } from "../../../../src/domain/enrichment/ports.ts";
import { scoreCompany } from "../../../../src/domain/scoring/score-company.ts";
import { enrichedEvent } from "../../../../src/domain/webhooks/enriched-event.ts";
import { eventBody } from "../../../../src/domain/webhooks/webhook-event.ts";
import { buildFacts } from "../../../support/build-facts.ts";

const at = "2026-11-21T09:30:00.000Z";
const facts = buildFacts({});
const change: CompanyChange = {
  siren: facts.siren,
  at,
  states: [],
  facts,
  factsHash: "",
  score: scoreCompany({ facts, sector: null, at }),
};

function record(action: "company.enriched" | "contacts.collected") {
  return auditRecord(
    {
      origin: { address: "198.51.100.7", userAgent: "curl", requestId: "req_1" },
      now: Date.parse(at),
      newId: (prefix) => `${prefix}_7`,
    },
    {
      organisationId: "org_1",
      actor: { kind: "user", id: "usr_1" },
      action,
      resource: { kind: "company", id: facts.siren },
      outcome: "success",
      details: { sources: "insee,bodacc", credits: 0 },
    },
  );
}

test("an enrichment is told once, by its act, with no personal datum", () => {
  const event = enrichedEvent(change, record("company.enriched"));
  if (event === null) throw new Error("no event");
  expect(event).toMatchObject({ id: "evt_7", organisationId: "org_1", type: "company.enriched", at });
  expect(JSON.parse(eventBody(event))).toEqual({
    type: "company.enriched",
    timestamp: at,
    data: {
      siren: facts.siren,
      ma_score: change.score.ma_score,
      sources: ["insee", "bodacc"],
      request_id: "req_1",
    },
  });
});

test("no other act is an enrichment", () => {
  expect(enrichedEvent(change, record("contacts.collected"))).toBeNull();
});
