import { describe, expect, test, vi } from "vitest";
import fc from "fast-check";
import { TableBusy, TableRefused } from "../../../../src/domain/exports/errors.ts";
import type { ExportRow, TableTarget } from "../../../../src/domain/exports/ports.ts";
import { accepted, type Answering, fakeAirtable, refusing, rows, sirensOf, TARGET } from "./fake-airtable.ts";

const BILLING = "PUBLIC_API_BILLING_LIMIT_EXCEEDED";

async function failureOf(answer: Answering, count = 1, target: TableTarget = TARGET) {
  const airtable = fakeAirtable(answer);
  const error: unknown = await airtable.push.push(target, ["siren"], rows(count)).catch((thrown) => thrown);
  return { ...airtable, error };
}

async function busy(answer: Answering, count = 1): Promise<TableBusy> {
  const { error } = await failureOf(answer, count);
  if (!(error instanceof TableBusy)) throw new Error("not busy");
  return error;
}

async function refused(answer: Answering, count = 1): Promise<string> {
  const { error } = await failureOf(answer, count);
  if (!(error instanceof TableRefused)) throw new Error("not refused");
  return error.failure;
}

describe("a request", () => {
  test("upserts what is known on SIREN at the table's own address, with the token in its header only", async () => {
    const { push, sent } = fakeAirtable((one) => accepted(one));
    const columns = ["siren", "nom_entreprise", "effectif", "date_creation"];
    const cells = ["Étoile & Fils 🚀", null, "1994-03-01"];
    await push.push(TARGET, columns, rows(1, cells));
    const [{ request, body } = expect.fail()] = sent;
    expect(request.method).toBe("PATCH");
    expect(request.url).toBe(
      "https://api.airtable.test/v0/appABCDEFGHIJKLMN/Cibles%20%C3%A0%20revoir%20%2F%202026",
    );
    expect(request.redirect).toBe("manual");
    expect(request.headers.get("authorization")).toBe(`Bearer ${TARGET.token}`);
    expect(body).toEqual({
      performUpsert: { fieldsToMergeOn: ["SIREN"] },
      typecast: true,
      records: [
        {
          fields: {
            SIREN: "100000000",
            Nom: "Étoile & Fils 🚀",
            "Date de création": "1994-03-01",
          },
        },
      ],
    });
  });

  test("has the SIREN even when the columns leave it out", async () => {
    const { push, sent } = fakeAirtable((one) => accepted(one));
    await push.push(TARGET, ["ville"], [{ siren: "012345678", key: "k", cells: ["Brest"] }]);
    expect(sent[0]?.body.records).toEqual([{ fields: { SIREN: "012345678", Ville: "Brest" } }]);
  });

  test("holds ten records at most, and results come in the order of the rows", async () => {
    const { push, sent } = fakeAirtable((one) => accepted(one, (siren) => siren.endsWith("3")));
    const results = await push.push(TARGET, ["siren"], rows(34));
    expect(sent.map(({ body }) => body.records.length)).toEqual([10, 10, 10, 4]);
    expect(results.map(({ siren }) => siren)).toEqual(rows(34).map(({ siren }) => siren));
    expect(results[3]).toEqual({
      siren: "100000003",
      outcome: "created",
      record_id: "rec100000003",
      error: null,
    });
    expect(results.filter(({ outcome }) => outcome === "updated")).toHaveLength(30);
  });

  test("is not made when there is nothing to send", async () => {
    const { push, sent, asked } = fakeAirtable((one) => accepted(one));
    expect(await push.push(TARGET, ["siren"], [])).toEqual([]);
    expect([sent, asked]).toEqual([[], []]);
  });

  test.each([
    { ...TARGET, table: ".." },
    { ...TARGET, table: "." },
    { ...TARGET, table: " " },
    { ...TARGET, table: "\uD800" },
    { ...TARGET, table: "a".repeat(256) },
    { ...TARGET, baseId: "../meta/bases" },
    { ...TARGET, baseId: "appABCDEFGHIJKLMN/tblOther" },
  ])("never leaves for another path: $baseId $table", async (target) => {
    const { error, sent } = await failureOf((one) => accepted(one), 1, target);
    expect(error).toEqual(new TableRefused("airtable_not_found"));
    expect(sent).toEqual([]);
  });

  test("asks one gate per base, named without telling the base", async () => {
    const { push, asked } = fakeAirtable((one) => accepted(one));
    await push.push(TARGET, ["siren"], rows(11));
    await push.push({ ...TARGET, baseId: "appZZZZZZZZZZZZZZ" }, ["siren"], rows(1));
    const gates = asked.map(({ gate }) => gate);
    expect(gates[0]).toMatch(/^airtable:[0-9a-f]{32}$/);
    expect(gates[1]).toBe(gates[0]);
    expect(gates[2]).not.toBe(gates[0]);
  });

  test("waits for its turn, and does not wait for a distant one", async () => {
    const turns = [
      { kind: "go", waitMs: 240, watched: false },
      { kind: "go", waitMs: 0, watched: false },
      { kind: "busy", reason: "busy", retryAfterMs: 21_000 },
    ] as const;
    const { push, slept, sent } = fakeAirtable((one) => accepted(one), [...turns]);
    const error: unknown = await push.push(TARGET, ["siren"], rows(30)).catch((thrown) => thrown);
    expect(error).toMatchObject({ retryAfterMs: 21_000 });
    expect(error).toHaveProperty("done.length", 20);
    expect([slept, sent.length]).toEqual([[240], 2]);
  });
});

describe("a base that was asked too often", () => {
  test.each([
    ["errors", () => Response.json({ errors: [{ error: "RATE_LIMIT_REACHED" }] }, { status: 429 })],
    ["error.type", () => refusing(429, "RATE_LIMIT_REACHED")],
    ["bare error", () => Response.json({ error: "TOO_MANY" }, { status: 429 })],
    ["no JSON", () => new Response("<html>slow down", { status: 429 })],
    ["no body", () => new Response(null, { status: 429 })],
  ])("is left alone for 30 s by everybody (%s)", async (_shape, answer) => {
    const { error, sent, reports, slept } = await failureOf(answer);
    expect(error).toMatchObject({ retryAfterMs: 30_000, done: [] });
    expect(reports.map(({ call }) => call)).toEqual([{ outcome: "pause", forMs: 30_000, reason: "busy" }]);
    expect([sent.length, slept]).toEqual([1, []]);
  });

  test("keeps what it has taken so far: those rows are not sent again", async () => {
    const error = await busy(
      (one, index) => (index < 2 ? accepted(one) : new Response(null, { status: 429 })),
      35,
    );
    expect(error.done.map(({ siren }) => siren)).toEqual(rows(20).map(({ siren }) => siren));
  });

  test.each([
    ["error.type", () => refusing(429, BILLING)],
    ["errors", () => Response.json({ errors: [{ error: BILLING, message: "" }] }, { status: 429 })],
    ["bare error", () => Response.json({ error: BILLING }, { status: 429 })],
  ])("and whose month is spent is asked once and never again (%s)", async (_shape, answer) => {
    const { error, sent, reports } = await failureOf(answer, 40);
    expect(error).toEqual(new TableRefused("airtable_quota_exceeded"));
    expect([sent.length, reports]).toEqual([1, []]);
  });
});

describe("a refusal of everything", () => {
  test.each([
    [401, "AUTHENTICATION_REQUIRED", "airtable_unauthorised"],
    [403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "airtable_forbidden"],
    [404, "NOT_FOUND", "airtable_not_found"],
    [400, "INVALID_JSON", "airtable_unexpected_answer"],
    [302, "MOVED", "airtable_unexpected_answer"],
  ])("%i stops the export", async (status, type, failure) => {
    expect(await refused(() => refusing(status, type), 20)).toBe(failure);
  });

  test.each([
    ["fewer records", { records: [], createdRecords: [], updatedRecords: [] }],
    ["another shape", { ok: true }],
  ])("an answer of %s is not asked for again and again", async (_what, body) => {
    expect(await refused(() => Response.json(body))).toBe("airtable_unexpected_answer");
  });

  test.each([
    ['Unknown field name: "Effectif"', "airtable_unknown_field:effectif"],
    ['Unknown field name: "Chiffre d\'affaires"', "airtable_unknown_field:chiffre_affaires"],
    ['Unknown field name: "Dupont 06 12 34 56 78"', "airtable_unknown_field"],
    ["", "airtable_unknown_field"],
  ])("a field that the table lacks is named by its column: %s", async (message, failure) => {
    expect(await refused(() => refusing(422, "UNKNOWN_FIELD_NAME", message), 10)).toBe(failure);
  });
});

describe("a fault on the way", () => {
  const broken: Record<string, Answering> = {
    "500": () => refusing(500, "SERVER_ERROR"),
    "502": () => new Response("<html>", { status: 502 }),
    "503": () => refusing(503, "SERVICE_UNAVAILABLE"),
    "408": () => new Response(null, { status: 408 }),
    "a network error": async () => Promise.reject(new TypeError(`fetch failed: ${TARGET.token}`)),
    "an answer cut short": () => new Response('{"records":[{"id"'),
    "an endless answer": () => new Response("x".repeat(2_100_000)),
  };

  test.each(Object.entries(broken))("%s may be tried again", async (_name, answer) => {
    const error = await busy((one, index) => (index === 0 ? accepted(one) : answer(one, index)), 12);
    expect(error.retryAfterMs).toBe(10_000);
    expect(error.done).toHaveLength(10);
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain(TARGET.token);
  });

  test("lasts as long as the service says, ten minutes at most", async () => {
    for (const [seconds, ms] of [
      ["45", 45_000],
      ["86400", 600_000],
    ] as const) {
      const wait = { status: 503, headers: { "retry-after": seconds } };
      expect((await busy(() => new Response(null, wait))).retryAfterMs).toBe(ms);
    }
  });

  test("includes a service that does not answer in 30 s", async () => {
    const stop = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(stop.signal);
    const silent = ({ request }: { request: Request }) =>
      new Promise<Response>((_resolve, reject) => {
        request.signal.addEventListener("abort", () => reject(new Error("aborted")));
        stop.abort();
      });
    expect((await busy(silent)).retryAfterMs).toBe(10_000);
    expect(timeout).toHaveBeenCalledWith(30_000);
    timeout.mockRestore();
  });
});

/** Refuses every request that holds one of these. */
function refusingThose(bad: ReadonlySet<string>): Answering {
  return (one) =>
    sirensOf(one).some((siren) => bad.has(siren))
      ? refusing(422, "INVALID_VALUE_FOR_COLUMN", "Field Contact cannot accept Marie Dupont")
      : accepted(one);
}

describe("records that are refused", () => {
  test("do not keep the nine others out, and are told by the service's own code", async () => {
    const { push, sent } = fakeAirtable(refusingThose(new Set(["100000006"])));
    const results = await push.push(TARGET, ["siren"], rows(10));
    expect(results.filter(({ outcome }) => outcome === "created")).toHaveLength(9);
    expect(results[6]).toEqual({
      siren: "100000006",
      outcome: "refused",
      record_id: null,
      error: "INVALID_VALUE_FOR_COLUMN",
    });
    expect(sent.length).toBeLessThanOrEqual(9);
  });

  test("whatever they are, all others are written once and all have a result", async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 45 }),
      fc.array(fc.integer({ min: 0, max: 44 })),
      async (count, picks) => {
        const all: ExportRow[] = rows(count);
        const bad = new Set(picks.flatMap((pick) => all[pick]?.siren ?? []));
        const written: string[] = [];
        const judge = refusingThose(bad);
        const { push } = fakeAirtable(async (one, index) => {
          const response = await judge(one, index);
          if (response.ok) written.push(...sirensOf(one));
          return response;
        });
        const results = await push.push(TARGET, ["siren"], all);
        const expected = all.map(({ siren }) => [siren, bad.has(siren) ? "refused" : "created"]);
        expect(results.map(({ siren, outcome }) => [siren, outcome])).toEqual(expected);
        expect(written).toEqual(all.flatMap(({ siren }) => (bad.has(siren) ? [] : siren)));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  test("when too large together go apart", async () => {
    const { push } = fakeAirtable((one) => (sirensOf(one).length > 2 ? refusing(413, "X") : accepted(one)));
    const results = await push.push(TARGET, ["siren"], rows(10));
    expect(results.every(({ outcome }) => outcome === "created")).toBe(true);
  });

  test("when too large alone are refused", async () => {
    const { push } = fakeAirtable(() => new Response(null, { status: 413 }));
    expect(await push.push(TARGET, ["siren"], rows(1))).toMatchObject([{ error: "REQUEST_TOO_LARGE" }]);
  });

  test("leave a base that locks half-way with the results of the rows before", async () => {
    const judge = refusingThose(new Set(["100000000"]));
    const answer: Answering = (one, index) =>
      index === 5 ? new Response(null, { status: 429 }) : judge(one, index);
    const error = await busy(answer, 10);
    const done = error.done.map(({ siren }) => siren);
    expect(done).toEqual(rows(done.length).map(({ siren }) => siren));
    expect(error.done[0]?.outcome).toBe("refused");
  });

  test("one after the other do not outlast a step: it ends with what is done, and always with something", async () => {
    const airtable = fakeAirtable((one) => {
      airtable.clock.now += 12_000;
      return refusingThose(new Set(rows(100).map(({ siren }) => siren)))(one, 0);
    });
    let left = rows(100);
    const errors: unknown[] = [];
    for (let push = 0; push < 200 && left.length > 0; push++) {
      const done = await airtable.push.push(TARGET, ["siren"], left).catch((thrown: unknown) => {
        errors.push(thrown);
        return thrown instanceof TableBusy ? thrown.done : [];
      });
      left = left.slice(done.length);
    }
    expect(left).toEqual([]);
    expect(errors.length).toBeGreaterThan(5);
    for (const error of errors) expect(error).toMatchObject({ retryAfterMs: 1_000 });
  });

  test.each([
    ["a bare code", { error: "INVALID_RECORDS" }, "INVALID_RECORDS"],
    ["a code alone", { error: { type: "INVALID_RECORDS" } }, "INVALID_RECORDS"],
    ["a list", { errors: [{ error: "INVALID_RECORDS", message: "m" }] }, "INVALID_RECORDS"],
    ["a sentence for a code", { error: { type: "Marie Dupont is no number" } }, "UNKNOWN_ERROR"],
    ["something else", { what: 1 }, "UNKNOWN_ERROR"],
  ])("have a code, and never a sentence that could quote a cell: %s", async (_name, body, code) => {
    const { push } = fakeAirtable(() => Response.json(body, { status: 422 }));
    expect(await push.push(TARGET, ["siren"], rows(1))).toMatchObject([{ outcome: "refused", error: code }]);
  });
});
