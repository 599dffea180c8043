import { expect, test, vi } from "vitest";
import { createApp } from "../../../src/http/app.ts";
import { IsolateKeeper } from "../../../src/http/isolate.ts";
import { mintOwner } from "../../support/members.ts";
import { mintSiren } from "../../support/mint-siren.ts";
import * as visits from "./query-visits.ts";
import { RouteWalk } from "./route-walk.ts";

const SYSTEM = new Set(["/ready", "/metrics", "/slo", "/health/detailed"]);
const isolates = new IsolateKeeper();
const registered = [
  ...new Set(
    createApp((env) => isolates.of(env))
      .routes.filter(({ method, path }) => method !== "ALL" && (path.startsWith("/api/") || SYSTEM.has(path)))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`),
  ),
].sort();

/** There may be none: the test of weekly profiles empties their table. */
const PROFILE = "GET /api/v2/admin/profile";
/** Each letter is resolved, recorded and sent alone, so that one that fails leaves the others as they are. */
const ONE_BY_ONE = "POST /api/v2/admin/dead-letters/redrive";

test("no route runs one statement more than three times in a request, however much there is", async () => {
  const owner = await mintOwner();
  const sirens = await visits.mintVisited();
  const walk = new RouteWalk(owner.token);
  await visits.visitCompanies(walk, mintSiren("every route is walked"));
  await visits.visitPipeline(walk, owner, sirens);
  await visits.visitTasks(walk, owner);
  await visits.visitExports(walk, owner, sirens);
  await visits.visitOrganisation(walk, owner);
  await visits.visitWebhooks(walk, owner);
  await visits.visitOperations(walk, sirens);
  await visits.visitRecords(walk, owner);
  await visits.visitSystem(walk);
  await visits.visitAuth(walk);
  vi.useRealTimers();
  const failed = walk.visits.filter(({ route, status }) => status >= 300 && route !== PROFILE);
  expect(failed).toEqual([]);
  expect(walk.repetitions.filter(({ route }) => route !== ONE_BY_ONE)).toEqual([]);
  expect(walk.repetitions).not.toEqual([]);
  const visited = new Set(walk.visits.map(({ route }) => route));
  expect(registered.filter((route) => !visited.has(route))).toEqual([]);
  expect(visited.size).toBeGreaterThan(80);
  expect(walk.visits.some(({ queries }) => queries > 1)).toBe(true);
}, 180_000);
