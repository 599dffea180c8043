import { expect, test } from "vitest";
import { rateLimitHeaders } from "../../../src/http/rate-limit-headers.ts";

/** RFC 9651: a List of String Items with Integer parameters, which is all that these two fields use. */
const ITEM = /^"[a-z_]+"(?:;[a-z]=\d{1,15})*$/;

function isList(text: string): boolean {
  return text.split(",").every((item) => ITEM.test(item.trim()));
}

test("a limit with a burst announces both, and both families say the same", () => {
  const window = { policy: "enrichment", limit: 100, windowMs: 3_600_000, burst: 20 };
  const headers = rateLimitHeaders({ window, admitted: true, remaining: 42, resetMs: 1_200 });
  expect(headers).toEqual({
    "ratelimit-policy": '"enrichment";q=100;w=3600,"enrichment_burst";q=20;w=60',
    ratelimit: '"enrichment";r=42;t=2',
    "x-ratelimit-limit": "100",
    "x-ratelimit-remaining": "42",
    "x-ratelimit-reset": "2",
  });
  expect(isList(headers["ratelimit-policy"] ?? "")).toBe(true);
  expect(isList(headers["ratelimit"] ?? "")).toBe(true);
});

test("a limit without a burst announces itself alone", () => {
  const window = { policy: "login", limit: 5, windowMs: 60_000, burst: 0 };
  const headers = rateLimitHeaders({ window, admitted: false, remaining: 0, resetMs: 59_999 });
  expect(headers["ratelimit-policy"]).toBe('"login";q=5;w=60');
  expect(headers["ratelimit"]).toBe('"login";r=0;t=60');
});
