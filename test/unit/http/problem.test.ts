import { describe, expect, test } from "vitest";
import { AccountRefused, KeysUnreadable } from "../../../src/domain/accounts/errors.ts";
import { CompanyNotFound, RegisterSourceNeeded } from "../../../src/domain/enrichment/errors.ts";
import { LimitReached } from "../../../src/domain/limits/errors.ts";
import { Problem, problemResponse } from "../../../src/http/problem.ts";
import type { Language } from "../../../src/http/problem-catalog.ts";
import { RequestRefused } from "../../../src/http/request-invalid.ts";

async function problemOf(error: unknown, language: Language = "fr"): Promise<Problem> {
  const place = { url: new URL("https://api.test/x"), requestId: "req_1", language };
  return Problem.parse(await problemResponse(error, place).json());
}

test.each([
  ["no master key opens a data key", new KeysUnreadable("dk_1"), 503, "service.keys_unreadable"],
  ["only contacts were asked for", new RegisterSourceNeeded(), 404, "enrichment.register_source_needed"],
  ["nothing is stored", new CompanyNotFound({ asked: false }), 404, "company.not_found"],
  ["a wrong code at the challenge", new AccountRefused("auth.code_refused"), 401, "auth.code_refused"],
  ["a wrong code in a session", new AccountRefused("auth.code_wrong"), 403, "auth.code_wrong"],
  [
    "a wrong password in a session",
    new AccountRefused("auth.password_refused"),
    403,
    "auth.password_refused",
  ],
])("%s: the answer says so, and that trying again will not help", async (_name, error, status, code) => {
  expect(await problemOf(error)).toMatchObject({ status, code, retryable: false });
});

test("a data key's id is for the log, not for the client", async () => {
  expect(JSON.stringify(await problemOf(new KeysUnreadable("dk_1")))).not.toContain("dk_1");
});

describe("a reached limit is named, with the seconds to wait", () => {
  test.each<[Language, number, string]>([
    ["fr", 90_000, "La limite « search » est atteinte ; réessayez dans 90 secondes."],
    ["fr", 1, "La limite « search » est atteinte ; réessayez dans 1 seconde."],
    ["en", 1_001, "The limit `search` is reached; try again in 2 seconds."],
    ["en", 1_000, "The limit `search` is reached; try again in 1 second."],
  ])("%s, %i ms", async (language, ms, detail) => {
    expect(await problemOf(new LimitReached("search", ms), language)).toMatchObject({
      detail,
      policy: "search",
    });
  });
});

test("a missing scope is named, with what the caller has", async () => {
  const extra = { scope: "enrich:write", role: "viewer" };
  const problem = await problemOf(new RequestRefused("auth.scope_missing", {}, extra));
  expect(problem).toMatchObject({ status: 403, ...extra });
  expect(problem.scopes).toBeUndefined();
});
