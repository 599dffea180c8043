import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { type AuditEntry, commitmentOf, entryHash } from "../../../src/domain/audit/audit-entry.ts";
import { Problem } from "../../../src/http/problem.ts";
import { mintKey, send } from "../../support/world.ts";
import { type AuditWorld, mintAuditWorld } from "./audit-world.ts";

interface Page {
  data: (Record<string, unknown> & { seq: number })[];
  next_cursor: string | null;
  has_more: boolean;
}

async function list(world: AuditWorld, query = ""): Promise<Page> {
  const response = await world.request(`/api/v2/audit-logs${query}`);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response.json();
}

const seqs = (page: Page): number[] => page.data.map(({ seq }) => seq);

describe("the list", () => {
  test("shows at once what was just done, with who, what and from where, and not what proves it", async () => {
    const world = await mintAuditWorld();
    const id = await world.act("1");
    expect(await list(world)).toMatchObject({
      data: [
        {
          seq: 1,
          id,
          actor: { kind: "user", id: "usr_1" },
          action: "key.created",
          resource: { kind: "key", id: "key_1" },
          outcome: "success",
          request_id: "req_1",
          address: "192.0.2.7",
          user_agent: "test/1",
          details: { label: "1", scopes: 2, ratio: 0.1, big: 1e21, minus: 0, text: "é \u{1f600} \u2028" },
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
      next_cursor: null,
      has_more: false,
    });
    expect((await list(world)).data[0]).not.toHaveProperty("salt");
  });

  test("goes from page to page, newest first, without loss or repetition while acts go on", async () => {
    const world = await mintAuditWorld();
    await world.grow(7);
    const first = await list(world, "?limit=3");
    await world.grow(2);
    const second = await list(world, `?limit=3&cursor=${first.next_cursor}`);
    const third = await list(world, `?limit=3&cursor=${second.next_cursor}`);
    expect([first, second, third].map(seqs)).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    expect(third).toMatchObject({ has_more: false, next_cursor: null });
  });

  test("keeps what each filter asks for", async () => {
    const world = await mintAuditWorld();
    await world.act("1");
    await world.act("2", { action: "key.revoked", actor: { kind: "key", id: "key_9" } });
    await world.act("3", { action: "session.refused", outcome: "failure", resource: null });
    await world.act("4", { resource: { kind: "company", id: "552032534" } });
    const all = await list(world);
    expect(seqs(all)).toEqual([4, 3, 2, 1]);
    const at = (seq: number) => encodeURIComponent(String(all.data.find((one) => one.seq === seq)?.["at"]));
    const expected: [string, number[]][] = [
      ["action=key.revoked", [2]],
      ["action=key.", [4, 2, 1]],
      ["actor_id=key_9", [2]],
      ["outcome=failure", [3]],
      ["resource_kind=company", [4]],
      ["resource_id=552032534&action=key.created", [4]],
      ["request_id=req_1", [1]],
      [`to=${at(1)}`, []],
      ["from=2001-01-01T00:00:00%2B02:00&limit=1", [4]],
      ["to=2001-01-01T00:00:00Z", []],
    ];
    for (const [query, found] of expected)
      expect([query, seqs(await list(world, `?${query}`))]).toEqual([query, found]);
  });

  test("shows an entry that somebody made nonsense of, so that it can be seen", async () => {
    const world = await mintAuditWorld();
    await world.grow(1);
    await world.sql(
      `update audit_logs set action = 'x', actor_kind = '', resource_kind = null, details = '7', at = 'infinity',
       seq = 9223372036854775807 where organisation_id = $1`,
    );
    expect((await list(world)).data).toHaveLength(1);
    expect(await world.verify()).toMatchObject({ valid: false, first_bad_index: 1 });
  });

  test.each([
    ["an unknown filter", "?actoin=key.", "/actoin", /« action »/],
    ["an unknown action", "?action=key.revokd", "/action", /« key.revoked »/],
    ["a limit of nothing", "?limit=0", "/limit", /1/],
    ["a limit too high", "?limit=201", "/limit", /200/],
    ["a limit in words", "?limit=ten", "/limit", /./],
    ["an instant without its zone", "?from=2026-11-20T09:00:00", "/from", /RFC 3339/],
    ["a day that is none", "?to=2026-02-30T00:00:00Z", "/to", /RFC 3339/],
    ["an end before its beginning", "?from=2026-11-20T09:00:00Z&to=2026-11-19T09:00:00Z", "/to", /« from »/],
    ["an identifier with spaces", "?actor_id=a%20b", "/actor_id", /lettres/],
    ["an identifier that is empty", "?resource_id=", "/resource_id", /lettres/],
    ["an outcome that is none", "?outcome=maybe", "/outcome", /« maybe ».*success/],
    ["a cursor of its own making", "?cursor=NQ", "/cursor", /next_cursor/],
    ["a cursor that is no text of ours", "?cursor=%F0%9F%98%80", "/cursor", /next_cursor/],
  ])("refuses %s: 400 naming it", async (_name, query, pointer, fix) => {
    const world = await mintAuditWorld();
    const response = await world.request(`/api/v2/audit-logs${query}`);
    expect(response.status).toBe(400);
    const { errors } = Problem.parse(await response.json());
    expect(errors?.[0]?.pointer).toBe(pointer);
    expect(`${errors?.[0]?.message} ${errors?.[0]?.fix}`).toMatch(fix);
  });

  test("refuses a cursor of other filters or of another organisation", async () => {
    const [world, other] = await Promise.all([mintAuditWorld(), mintAuditWorld()]);
    await Promise.all([world.grow(3), other.grow(3)]);
    const { next_cursor: cursor } = await list(world, "?limit=1&action=key.");
    for (const [who, query] of [
      [world, "?limit=1"],
      [world, "?limit=1&action=key.created&outcome=success"],
      [other, "?limit=1&action=key."],
    ] as const) {
      expect((await who.request(`/api/v2/audit-logs${query}&cursor=${cursor}`)).status).toBe(400);
    }
  });
});

describe("verify refuses", () => {
  test.each([
    ["a number below 1", "?from=0", "/from"],
    ["a fraction", "?to=1.5", "/to"],
    ["an end before its beginning", "?from=5&to=4", "/to"],
    ["an unknown parameter", "?form=1", "/form"],
  ])("%s", async (_name, query, pointer) => {
    const world = await mintAuditWorld();
    const response = await world.request(`/api/v2/audit-logs/verify${query}`);
    expect(response.status).toBe(400);
    expect(Problem.parse(await response.json()).errors?.[0]?.pointer).toBe(pointer);
  });
});

test.each(["", "/verify", "/export"])("audit-logs%s needs the scope audit:read", async (path) => {
  const world = await mintAuditWorld();
  const key = await mintKey(world.organisationId, { scopes: ["companies:read", "enrich:write"] });
  const headers = { authorization: `Bearer ${key}` };
  expect((await send(new Request(`https://api.test/api/v2/audit-logs${path}`, { headers }))).status).toBe(
    403,
  );
});

const textOf = async (response: Response): Promise<string> =>
  new TextDecoder().decode(await response.arrayBuffer());

const lines = async (response: Response): Promise<AuditEntry[]> =>
  (await textOf(response))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as AuditEntry);

describe("the export", () => {
  test("is complete over many pages, oldest first, and can be verified offline", async () => {
    const world = await mintAuditWorld();
    await Promise.all(Array.from({ length: 1_050 }, async (_, index) => world.act(String(index))));
    await world.services.audit.poke(world.organisationId);
    const response = await world.request("/api/v2/audit-logs/export");
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const entries = await lines(response);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_050 }, (_, index) => index + 1));
    let previous = "0".repeat(64);
    for (const entry of entries) {
      expect(entry.previous_hash).toBe(previous);
      expect(await entryHash(entry)).toBe(entry.hash);
      expect(await commitmentOf(entry.salt ?? "", entry.address ?? "")).toBe(entry.address_commitment);
      previous = entry.hash;
    }
  });

  test("is itself recorded, with its format and filters", async () => {
    const world = await mintAuditWorld();
    await world.grow(1);
    await textOf(await world.request("/api/v2/audit-logs/export?action=key.created"));
    const { data } = await list(world, "?action=audit.exported");
    expect(data).toMatchObject([
      {
        seq: 2,
        actor: { kind: "key" },
        details: { format: "ndjson", actions: "key.created" },
        outcome: "success",
      },
    ]);
  });

  test("is CSV on demand, harmless in a spreadsheet", async () => {
    const world = await mintAuditWorld();
    await world.act("1", { resource: { kind: "key", id: '=cmd|" /C calc"!A0' } });
    const response = await world.request("/api/v2/audit-logs/export", { headers: { accept: "text/csv" } });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const [row] = parse(await response.text(), { columns: true }) as Record<string, string>[];
    expect(row).toMatchObject({ seq: "1", action: "key.created", resource_id: `'=cmd|" /C calc"!A0` });
    expect(row?.["hash"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("holds nothing of another organisation", async () => {
    const [world, other] = await Promise.all([mintAuditWorld(), mintAuditWorld()]);
    await Promise.all([world.grow(2), other.grow(3)]);
    const entries = await lines(await world.request("/api/v2/audit-logs/export"));
    expect(entries.map(({ organisation_id }) => organisation_id)).toEqual([
      world.organisationId,
      world.organisationId,
    ]);
    expect((await list(other)).data).toHaveLength(3);
  });

  test("of an organisation that did nothing is empty", async () => {
    const world = await mintAuditWorld();
    expect(await textOf(await world.request("/api/v2/audit-logs/export"))).toBe("");
  });
});
