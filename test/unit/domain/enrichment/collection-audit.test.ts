import type { RefreshRequest } from "../../../../src/domain/enrichment/ports.ts";
import { describe, expect, test } from "vitest";
import type { AuditRecord } from "../../../../src/domain/audit/audit-record.ts";
import { CompanyFlight } from "../../../../src/domain/enrichment/company-flight.ts";
import {
  buildRecord,
  buildRequester,
  failedAnswer,
  foundAnswer,
  SIREN,
} from "../../../support/enrichment-world.ts";
import { board, settle } from "./flight-board.ts";

function told(records: AuditRecord[]) {
  return records.map(({ organisationId, details }) => [
    organisationId,
    details["sources"],
    details["credits"],
  ]);
}

describe("what a flight collected", () => {
  test("is recorded with what is stored, once for each organisation that waits, source by source", async () => {
    const { refresh, hold, store, trail } = board({
      bodacc: failedAnswer("timeout"),
      pappers: foundAnswer(buildRecord(), 1),
    });
    const release = hold("insee");
    const releaseOther = hold("pappers");
    const waiting = [
      refresh(["insee", "bodacc"]),
      refresh(["insee", "pappers"]),
      refresh(["insee"], { requester: buildRequester("org_b"), patience: "request" }),
      refresh(["insee", "bodacc"], { requester: buildRequester("org_b"), patience: "request" }),
    ];
    await settle();
    release();
    await settle();
    releaseOther();
    const results = await Promise.all(waiting);
    expect(told(store.records)).toEqual([
      ["org_a", "insee", 0],
      ["org_b", "insee", 0],
      ["org_a", "pappers", 1],
    ]);
    expect(results.map(({ audit }) => audit)).toEqual(["recorded", "recorded", "recorded", "nothing"]);
    expect(trail.records).toEqual([]);
    expect(store.records[0]).toMatchObject({
      action: "company.enriched",
      actor: { kind: "key", id: "key_of_org_a" },
      resource: { kind: "company", id: SIREN },
      address: "192.0.2.1",
      requestId: "req_1",
    });
  });

  test("is no news to who finds it stored", async () => {
    const { refresh, store } = board();
    expect((await refresh(["insee"])).audit).toBe("recorded");
    expect((await refresh(["insee"])).audit).toBe("nothing");
    expect(
      (await refresh(["insee"], { requester: buildRequester("org_b"), patience: "request" })).audit,
    ).toBe("nothing");
    expect((await refresh(["insee"], { maxAgeMs: -1 })).audit).toBe("recorded");
    expect(told(store.records)).toEqual([
      ["org_a", "insee", 0],
      ["org_a", "insee", 0],
    ]);
  });

  test("is given to nobody while it can't be recorded, however often they ask", async () => {
    const { refresh, store, trail, cache, asked, events } = board();
    store.down.save = true;
    trail.down = true;
    for (const organisationId of ["org_a", "org_a", "org_b"]) {
      const requester = buildRequester(organisationId);
      expect((await refresh(["insee", "pappers"], { requester })).audit).toBe("owed");
    }
    expect([cache.written, asked]).toEqual([[], ["insee", "pappers"]]);
    expect(events.map(({ name }) => name)).toContain("collection_not_recorded");
    trail.down = false;
    expect((await refresh(["insee"])).audit).toBe("nothing");
    expect(told(trail.records)).toEqual([["org_a", "insee,pappers", 0]]);
    expect(cache.written).toHaveLength(1);
  });

  test("waits for its record with whoever asks meanwhile", async () => {
    for (const down of [true, false]) {
      const { refresh, hold, store, trail } = board();
      const release = hold("bodacc");
      const { promise, resolve } = Promise.withResolvers<void>();
      const save = store.save.bind(store);
      const begun = Promise.withResolvers<void>();
      store.save = async (...change) => {
        begun.resolve();
        await promise;
        await save(...change);
      };
      const first = [refresh(["insee"]), refresh(["bodacc"])];
      // What insee said is being saved, whichever of the two would have been first.
      await begun.promise;
      release();
      const late = refresh(["insee"], { requester: buildRequester("org_b"), patience: "request" });
      await settle();
      store.down.save = down;
      trail.down = down;
      resolve();
      const audits = (await Promise.all([...first, late])).map(({ audit }) => audit);
      expect(audits).toEqual(down ? ["owed", "owed", "owed"] : ["recorded", "recorded", "nothing"]);
    }
  });

  test("and not recorded is still owed by the flight's successor", async () => {
    const { refresh, store, trail, deps } = board();
    store.down.save = true;
    trail.down = true;
    await refresh(["insee"]);
    const successor = new CompanyFlight(SIREN, deps);
    const again: RefreshRequest = {
      siren: SIREN,
      sources: [],
      maxAgeMs: null,
      requester: buildRequester("org_b"),
      patience: "request",
    };
    expect((await successor.refresh(again)).audit).toBe("owed");
    trail.down = false;
    expect((await successor.refresh(again)).audit).toBe("nothing");
    expect(told(trail.records)).toEqual([["org_a", "insee", 0]]);
    expect(trail.told).toMatchObject([{ siren: SIREN, score: expect.any(Object) }]);
  });
});
