import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { changeMemberRole } from "../../../src/domain/accounts/organisation/change-member-role.ts";
import type { Role } from "../../../src/domain/accounts/principal.ts";
import { Problem } from "../../../src/http/problem.ts";
import { buildServices } from "../../../src/services.ts";
import { type Member, mintMember, mintOrganisation, mintOwner } from "../../support/members.ts";
import { database } from "../../support/world.ts";
import { whileLocked } from "../two-factor/while-locked.ts";
import { actionsOf, auditOf } from "../two-factor/enrolled-person.ts";

const PATH = "/api/v2/organisation/members";

const Page = z.object({
  data: z.array(
    z.object({
      user_id: z.string(),
      name: z.string(),
      email: z.string(),
      role: z.string(),
      mfa_enabled: z.boolean().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});

async function answerOf(response: Response): Promise<[number, string]> {
  return [response.status, Problem.parse(await response.json()).code];
}

async function ownersOf(organisationId: string): Promise<number> {
  const rows = await database().query(
    "select 1 from memberships where organisation_id = $1 and role = 'owner'",
    [organisationId],
  );
  return rows.length;
}

async function factorsOf(list: Response): Promise<(boolean | null)[]> {
  return Page.parse(await list.json()).data.map(({ mfa_enabled }) => mfa_enabled);
}

const setRole = async (by: Member, of: Member, role: Role) =>
  by.request("PATCH", `${PATH}/${of.userId}`, { role });

const remove = async (by: Member, of: Member) => by.request("DELETE", `${PATH}/${of.userId}`);

describe("the list", () => {
  test("gives every member once, page by page, and nobody of another organisation", async () => {
    const owner = await mintOwner();
    await mintOwner();
    const others = await Promise.all([1, 2, 3, 4].map(() => mintMember(owner.organisationId, "viewer")));
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page: z.infer<typeof Page> = Page.parse(
        await (await owner.request("GET", `${PATH}?limit=2${query}`)).json(),
      );
      expect(page.has_more).toBe(page.next_cursor !== null);
      seen.push(...page.data.map(({ user_id }) => user_id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual([owner, ...others].map(({ userId }) => userId).sort());
  });

  test("tells who has a second factor to those who manage members only", async () => {
    const owner = await mintOwner();
    const viewer = await mintMember(owner.organisationId, "viewer");
    expect(await factorsOf(await owner.request("GET", PATH))).toEqual([false, false]);
    expect(await factorsOf(await viewer.request("GET", PATH))).toEqual([null, null]);
  });

  test.each([
    ["limit=0", "/limit"],
    ["limit=101", "/limit"],
    ["limit=x", "/limit"],
    ["cursor=%00", "/cursor"],
    ["cursor=a'b", "/cursor"],
    ["page=2", "/page"],
  ])("refuses %s", async (query, pointer) => {
    const owner = await mintOwner();
    for (const list of [PATH, "/api/v2/organisation/invitations"]) {
      const response = await owner.request("GET", `${list}?${query}`);
      expect(response.status).toBe(400);
      expect(Problem.parse(await response.json()).errors?.[0]?.pointer).toBe(pointer);
    }
  });
});

describe("roles", () => {
  test("change at once for the person, and the audit says from what to what", async () => {
    const owner = await mintOwner();
    const member = await mintMember(owner.organisationId, "viewer");
    expect((await member.request("GET", "/api/v2/organisation/invitations")).status).toBe(403);
    const response = await setRole(owner, member, "admin");
    expect(await response.json()).toMatchObject({ user_id: member.userId, role: "admin" });
    expect((await member.request("GET", "/api/v2/organisation/invitations")).status).toBe(200);
    expect((await setRole(owner, member, "admin")).status).toBe(200);
    expect(await auditOf(owner.organisationId)).toEqual([
      { action: "member.role_changed", details: { from: "viewer", to: "admin" } },
    ]);
  });

  test("of owners are the owners' affair", async () => {
    const owner = await mintOwner();
    const admin = await mintMember(owner.organisationId, "admin");
    const viewer = await mintMember(owner.organisationId, "viewer");
    expect(await answerOf(await setRole(admin, owner, "viewer"))).toEqual([403, "members.owner_only"]);
    expect(await answerOf(await setRole(admin, viewer, "owner"))).toEqual([403, "members.owner_only"]);
    expect(await answerOf(await setRole(admin, admin, "owner"))).toEqual([403, "members.owner_only"]);
    expect(await answerOf(await remove(admin, owner))).toEqual([403, "members.owner_only"]);
    const invited = await admin.request("POST", "/api/v2/organisation/invitations", {
      email: "x@example.test",
      role: "owner",
    });
    expect(await answerOf(invited)).toEqual([403, "members.owner_only"]);
    expect((await setRole(admin, viewer, "analyst")).status).toBe(200);
    expect((await setRole(owner, viewer, "owner")).status).toBe(200);
    expect((await setRole(viewer, owner, "admin")).status).toBe(200);
    expect(await actionsOf(owner.organisationId)).toHaveLength(3);
  });

  test.each(["analyst", "viewer", "auditor"] as const)("are not for %ss to give", async (role) => {
    const member = await mintMember(await mintOrganisation(), role);
    const other = await mintMember(member.organisationId, "viewer");
    expect(await answerOf(await setRole(member, member, "admin"))).toEqual([403, "auth.scope_missing"]);
    expect(await answerOf(await remove(member, other))).toEqual([403, "auth.scope_missing"]);
  });

  test.each([
    ["an unknown role", { role: "admn" }, "/role", /« admin »/],
    ["no role", {}, "/role", /guillemets/],
    ["null", { role: null }, "/role", /guillemets/],
    ["another member", { role: "admin", email: "x@y.fr" }, "/email", /role/],
  ])("refuse %s, naming the field", async (_, body, pointer, words) => {
    const owner = await mintOwner();
    const response = await owner.request("PATCH", `${PATH}/${owner.userId}`, body);
    expect(response.status).toBe(400);
    const fault = Problem.parse(await response.json()).errors?.find((error) => error.pointer === pointer);
    expect(`${fault?.message} ${fault?.fix}`).toMatch(words);
  });
});

describe("removal", () => {
  test("ends the person's sessions in this organisation and nowhere else", async () => {
    const owner = await mintOwner();
    const member = await mintMember(owner.organisationId, "admin");
    const elsewhere = await mintOwner();
    await database().query(
      "insert into memberships (organisation_id, user_id, role) values ($1, $2, 'viewer')",
      [owner.organisationId, elsewhere.userId],
    );
    expect((await member.request("GET", PATH)).status).toBe(200);
    expect((await remove(owner, member)).status).toBe(204);
    expect((await member.request("GET", PATH)).status).toBe(401);
    const removed = await owner.request("DELETE", `${PATH}/${elsewhere.userId}`);
    expect(removed.status).toBe(204);
    expect((await elsewhere.request("GET", PATH)).status).toBe(200);
    expect(await answerOf(await remove(owner, member))).toEqual([404, "resource.not_found"]);
    const [session] = await database().query("select revoked_reason from sessions where id = $1", [
      member.sessionId,
    ]);
    expect(session).toEqual({ revoked_reason: "member_removed" });
  });

  test("needs no right when a member leaves", async () => {
    const owner = await mintOwner();
    const viewer = await mintMember(owner.organisationId, "viewer");
    expect((await remove(viewer, viewer)).status).toBe(204);
    expect(await auditOf(owner.organisationId)).toEqual([
      { action: "member.removed", details: { role: "viewer", left: true } },
    ]);
  });
});

test("members of another organisation, unknown ones and odd identifiers are not found", async () => {
  const [owner, stranger] = [await mintOwner(), await mintOwner()];
  expect(await answerOf(await setRole(owner, stranger, "viewer"))).toEqual([404, "resource.not_found"]);
  expect(await answerOf(await remove(owner, stranger))).toEqual([404, "resource.not_found"]);
  expect(await answerOf(await owner.request("DELETE", `${PATH}/usr_nobody`))).toEqual([
    404,
    "resource.not_found",
  ]);
  for (const odd of ["%00", "a%20b", "x".repeat(65), "%F0%9F%94%91"]) {
    expect(await answerOf(await owner.request("DELETE", `${PATH}/${odd}`))).toEqual([
      404,
      "resource.not_found",
    ]);
  }
  expect(await ownersOf(stranger.organisationId)).toBe(1);
});

describe("the last owner", () => {
  test("is neither demoted nor removed, and can't leave", async () => {
    const owner = await mintOwner();
    await mintMember(owner.organisationId, "admin");
    expect(await answerOf(await setRole(owner, owner, "admin"))).toEqual([409, "members.last_owner"]);
    expect(await answerOf(await remove(owner, owner))).toEqual([409, "members.last_owner"]);
    expect(await actionsOf(owner.organisationId)).toEqual([]);
  });

  const acts: [string, (one: Member, other: Member) => Promise<Response>][] = [
    ["demote one another", async (one, other) => setRole(one, other, "viewer")],
    ["demote themselves", async (one) => setRole(one, one, "admin")],
    ["remove one another", async (one, other) => remove(one, other)],
    ["leave", async (one) => remove(one, one)],
  ];

  test.each(acts)("stays when four owners %s at once", async (_, act) => {
    const first = await mintOwner();
    const owners = [
      first,
      ...(await Promise.all([1, 2, 3].map(() => mintMember(first.organisationId, "owner")))),
    ];
    const answers = await Promise.all(owners.map((one, index) => act(one, owners.at(index - 1) ?? one)));
    const done = answers.filter(({ ok }) => ok).length;
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(await ownersOf(first.organisationId)).toBe(4 - done);
    expect(done).toBeLessThan(4);
    expect(await actionsOf(first.organisationId)).toHaveLength(done);
  });

  test("stays when four were demoted by people who all still saw four", async () => {
    const { accounts } = buildServices(env);
    const organisationId = await mintOrganisation();
    const owners = await Promise.all([1, 2, 3, 4].map(() => mintMember(organisationId, "owner")));
    const origin = { address: null, userAgent: null, requestId: null };
    const act = { origin, now: Date.now(), newId: (prefix: string) => `${prefix}_${crypto.randomUUID()}` };
    const rows = { text: "select 1 from memberships where organisation_id = $1", params: [organisationId] };
    const outcomes = await whileLocked(rows, async () =>
      Promise.allSettled(
        owners.map(({ userId }) => {
          const actor = { organisationId, userId, role: "owner" as const };
          return changeMemberRole({ members: accounts.members, act }, actor, { userId, role: "viewer" });
        }),
      ),
    );
    const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    expect(refused).toEqual(["Error: members.last_owner"]);
    expect(await ownersOf(organisationId)).toBe(1);
  });
});
