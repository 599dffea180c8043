import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Anchor } from "../../../src/domain/audit/anchor.ts";
import { mintKey } from "../../support/world.ts";
import { type AuditWorld, mintAuditWorld } from "./audit-world.ts";

const PATH = "/api/v2/audit-logs/anchors";

interface Page {
  data: Anchor[];
  next_cursor: string | null;
  has_more: boolean;
}

/** A world with three anchors. */
async function mintAnchored(): Promise<AuditWorld> {
  const world = await mintAuditWorld();
  for (const length of [2, 1, 3]) {
    await world.grow(length);
    await world.services.audit.chains.anchor(world.organisationId);
  }
  return world;
}

async function list(world: AuditWorld, query = ""): Promise<Page> {
  const response = await world.request(`${PATH}${query}`);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return response.json();
}

const runs = ({ data }: Page): number[][] => data.map(({ from, to }) => [from, to]);

test("anchors come as they are archived, oldest first and page by page, to their organisation only", async () => {
  const world = await mintAnchored();
  const whole = await list(world);
  const objects = await env.AUDIT_ARCHIVE.list({ prefix: `audit/v1/${world.organisationId}/` });
  const stored = await Promise.all(
    objects.objects.map(async ({ key }) => (await env.AUDIT_ARCHIVE.get(key))?.json()),
  );
  expect(whole).toEqual({ data: stored, next_cursor: null, has_more: false });
  const first = await list(world, "?limit=2");
  expect([runs(first), first.has_more]).toEqual([
    [
      [1, 2],
      [3, 3],
    ],
    true,
  ]);
  const rest = await list(world, `?limit=2&cursor=${first.next_cursor}`);
  expect([runs(rest), rest.has_more, rest.next_cursor]).toEqual([[[4, 6]], false, null]);
  const other = await mintAuditWorld();
  expect(await list(other)).toEqual({ data: [], next_cursor: null, has_more: false });
  const borrowed = await other.request(`${PATH}?cursor=${first.next_cursor}`);
  expect(borrowed.status).toBe(400);
});

test("they need the scope of the audit, and come by twenty at most", async () => {
  const world = await mintAuditWorld();
  const key = await mintKey(world.organisationId, { scopes: ["companies:read"] });
  const refused = await world.request(PATH, { headers: { authorization: `Bearer ${key}` } });
  expect(refused.status).toBe(403);
  expect((await world.request(`${PATH}?limit=21`)).status).toBe(400);
});
