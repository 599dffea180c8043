import { describe, expect, test } from "vitest";
import { SOURCE_NAMES } from "../../../src/domain/enrichment/source.ts";
import { answering, ask, KEY, PERSON, upstream } from "./provider-under-test.ts";

const linkedin = [PERSON];

const deaf = (): Promise<Response> => new Promise(() => undefined);

const SHARED = [
  { status: 429, headers: { "retry-after": "12" }, reason: "busy", retryAfterMs: 12_000 },
  {
    status: 429,
    headers: { "retry-after": "Fri, 20 Nov 2026 10:01:00 GMT" },
    reason: "busy",
    retryAfterMs: 60_000,
  },
  { status: 429, headers: {}, reason: "busy", retryAfterMs: null },
  { status: 502, headers: {}, reason: "unavailable", retryAfterMs: null },
  { status: 503, headers: { "retry-after": "30" }, reason: "unavailable", retryAfterMs: 30_000 },
  { status: 400, headers: {}, reason: "rejected", retryAfterMs: null },
  { status: 418, headers: {}, reason: "rejected", retryAfterMs: null },
];

describe.each(SOURCE_NAMES)("%s", (source) => {
  test.each(SHARED)("$status $headers is $reason", async ({ status, headers, reason, retryAfterMs }) => {
    const { http } = upstream(answering(status, "<html>refused</html>", headers));
    const answer = await ask(source, http, { linkedin });
    expect(answer).toMatchObject({ kind: "failed", failure: { reason, retryAfterMs }, credits: 0 });
  });

  test.each([
    ["a page instead of JSON", "<html>maintenance</html>"],
    ["an empty body", ""],
    ["a JSON scalar", "42"],
    ["a list", "[]"],
    ["cut JSON", '{"results": [{"siren": "9123'],
    ["a body over the limit", `"${"x".repeat(5_000_001)}"`],
  ])("200 with %s is malformed", async (_, body) => {
    const { http } = upstream(answering(200, body));
    expect(await ask(source, http, { linkedin })).toMatchObject({
      kind: "failed",
      failure: { reason: "malformed" },
    });
  });

  test("no connection is unavailable", async () => {
    expect(await ask(source, upstream().http, { linkedin })).toMatchObject({
      kind: "failed",
      failure: { reason: "unavailable" },
    });
  });

  test.each(["TimeoutError", "AbortError"])(
    "a transport that gives up with %s is a timeout",
    async (name) => {
      const http = () => Promise.reject(new DOMException("too long", name));
      expect(await ask(source, http, { linkedin })).toMatchObject({
        kind: "failed",
        failure: { reason: "timeout" },
      });
    },
  );

  test("the signal ends a call to a transport that does not listen", async () => {
    const signal = AbortSignal.timeout(20);
    expect(await ask(source, deaf, { linkedin, signal })).toMatchObject({ failure: { reason: "timeout" } });
  });

  test("a signal already spent makes no call", async () => {
    const { http, requests } = upstream(answering(200, {}));
    const answer = await ask(source, http, { linkedin, signal: AbortSignal.abort() });
    expect(answer).toMatchObject({ failure: { reason: "timeout" } });
    expect(requests).toHaveLength(0);
  });

  test("anything but nine digits makes no call", async () => {
    const { http, requests } = upstream(answering(200, {}));
    const answer = await ask(source, http, { linkedin, siren: '9"OR 1=1' });
    expect(answer).toMatchObject({ failure: { reason: "rejected" } });
    expect(requests).toHaveLength(0);
  });

  test("the key stays out of URLs and details, and we say who we are", async () => {
    const statuses = [401, 402, 403, 404, 429, 500];
    for (const status of statuses) {
      const { http, requests } = upstream(answering(status, `refused ${KEY}`));
      const answer = await ask(source, http, { linkedin });
      expect(JSON.stringify(answer)).not.toContain(KEY);
      for (const request of requests) {
        expect(request.url).not.toContain(KEY);
        expect(request.headers.get("user-agent")).toContain("ma-intelligence-test");
      }
    }
  });

  test("a key that cannot be a header fails without being told", async () => {
    const answer = await ask(source, upstream(answering(404, "")).http, { linkedin, key: "bad\nkey" });
    expect(answer.kind).not.toBe("found");
    expect(JSON.stringify(answer)).not.toContain("bad");
  });
});

describe.each(["insee", "pappers", "kaspr"] as const)("%s without a key", (source) => {
  test("answers not_configured and calls nobody", async () => {
    const { http, requests } = upstream(answering(200, {}));
    const answer = await ask(source, http, { linkedin, key: "" });
    expect(answer).toMatchObject({ kind: "failed", failure: { reason: "not_configured" }, credits: 0 });
    expect(requests).toHaveLength(0);
  });
});
