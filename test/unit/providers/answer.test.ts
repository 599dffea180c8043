import { expect, test } from "vitest";
import { defineProvider, found, notFound } from "../../../src/providers/answer.ts";

const QUERY = { siren: "912345675", linkedin: [] };
const { signal } = new AbortController();

test("a provider bears its name and passes its answer on", async () => {
  const provider = defineProvider("bodacc", async () => notFound(2));
  expect(provider.name).toBe("bodacc");
  expect(await provider.lookUp(QUERY, signal)).toEqual({ kind: "not_found", credits: 2 });
});

test("an attempt that throws is a malformed answer, without its message", async () => {
  const provider = defineProvider("bodacc", () => Promise.reject(new RangeError("DURAND Michel")));
  const answer = await provider.lookUp(QUERY, signal);
  expect(answer).toMatchObject({ kind: "failed", failure: { reason: "malformed" }, credits: 0 });
  expect(JSON.stringify(answer)).not.toContain("DURAND");
});

test("a record that is none fails, and its credits are still counted", async () => {
  const evenements = [
    { type: "vente" as const, date: "yesterday", titre: null, reference: null, montant: null, source: "x" },
  ];
  const record = { siren: "912345675", as_of: null, evenements };
  const answer = await defineProvider("pappers", async () => found(record, { credits: 1 })).lookUp(
    QUERY,
    signal,
  );
  expect(answer).toMatchObject({
    kind: "failed",
    failure: { reason: "malformed", detail: "pappers: unusable value at /evenements/0/date" },
    credits: 1,
  });
});
