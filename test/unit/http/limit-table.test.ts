import { expect, test } from "vitest";
import { ENDPOINTS, POLICIES } from "../../../src/domain/limits/limit-table.ts";
import { createApp } from "../../../src/http/app.ts";
import { OPEN_ROUTES } from "../../../src/http/open-routes.ts";

const app = createApp(() => {
  throw new Error("no request is made here");
});
const registered = [
  ...new Set(
    app.routes
      .filter(({ method, path }) => method !== "ALL" && path.startsWith("/api/"))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`),
  ),
].sort();

test("every route under /api has a policy, and no policy counts a route that is gone", () => {
  expect(Object.keys(ENDPOINTS).sort()).toEqual(registered);
});

test("open routes are counted by address, closed ones by principal", () => {
  for (const [endpoint, name] of Object.entries(ENDPOINTS)) {
    expect([endpoint, POLICIES[name].per]).toEqual([
      endpoint,
      OPEN_ROUTES.has(endpoint) ? "address" : "principal",
    ]);
  }
});
