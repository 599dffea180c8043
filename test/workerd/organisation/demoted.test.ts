import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Problem } from "../../../src/http/problem.ts";
import { CreatedApiKey } from "../../../src/http/routes/api-keys/schema.ts";
import { mintEmail } from "../../support/accounts.ts";
import { type Member, mintMember, mintOwner } from "../../support/members.ts";
import { database } from "../../support/world.ts";
import { actionsOf } from "../two-factor/enrolled-person.ts";

const ORGANISATION = "/api/v2/organisation";
const KEYS = "/api/v2/api-keys";
const KEY = { name: "Import", scopes: ["companies:read"] };

/** Nothing that an isolate remembers of a person ends while the clock stands. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});

async function idOf(response: Response): Promise<string> {
  return (await response.json<{ id: string }>()).id;
}

/** What is there to act on. */
interface Scene {
  owner: Member;
  other: Member;
  key: string;
  invitation: string;
}

async function mintScene(): Promise<Scene> {
  const owner = await mintOwner();
  const created = CreatedApiKey.parse(await (await owner.request("POST", KEYS, KEY)).json());
  const body = { email: mintEmail(), role: "viewer" };
  const invited = await owner.request("POST", `${ORGANISATION}/invitations`, body);
  const other = await mintMember(owner.organisationId, "owner");
  return { owner, other, key: created.id, invitation: await idOf(invited) };
}

/** A role is taken by another isolate: this one still remembers the old role. */
async function demote(member: Member, role: string): Promise<void> {
  expect((await member.request("GET", ORGANISATION)).status).toBe(200);
  await database().query("update memberships set role = $2 where user_id = $1", [member.userId, role]);
}

const acts: [string, (scene: Scene, by: Member) => Promise<Response>][] = [
  [
    "give himself the role back",
    async (_, by) => by.request("PATCH", `${ORGANISATION}/members/${by.userId}`, { role: "owner" }),
  ],
  [
    "demote an owner",
    async ({ other }, by) =>
      by.request("PATCH", `${ORGANISATION}/members/${other.userId}`, { role: "viewer" }),
  ],
  [
    "remove an owner",
    async ({ other }, by) => by.request("DELETE", `${ORGANISATION}/members/${other.userId}`),
  ],
  [
    "invite",
    async (_, by) => by.request("POST", `${ORGANISATION}/invitations`, { email: mintEmail(), role: "owner" }),
  ],
  [
    "revoke an invitation",
    async ({ invitation }, by) => by.request("DELETE", `${ORGANISATION}/invitations/${invitation}`),
  ],
  ["change the organisation", async (_, by) => by.request("PATCH", ORGANISATION, { name: "Autre" })],
  ["create a key", async (_, by) => by.request("POST", KEYS, KEY)],
  ["rename a key", async ({ key }, by) => by.request("PATCH", `${KEYS}/${key}`, { name: "Autre" })],
  ["rotate a key", async ({ key }, by) => by.request("POST", `${KEYS}/${key}/rotate`, {})],
  ["revoke a key", async ({ key }, by) => by.request("DELETE", `${KEYS}/${key}`)],
];

test.each(acts)(
  "who is demoted elsewhere can't %s, though his old role is remembered here",
  async (_, act) => {
    const scene = await mintScene();
    const { organisationId } = scene.owner;
    const demoted = await mintMember(organisationId, "owner");
    await demote(demoted, "viewer");
    const response = await act(scene, demoted);
    expect([response.status, Problem.parse(await response.json()).code]).toEqual([403, "auth.role_changed"]);
    expect((await actionsOf(organisationId)).sort()).toEqual(["invitation.created", "key.created"]);
  },
);

test("an owner who is an administrator by now no longer makes owners, and still manages the others", async () => {
  const owner = await mintOwner();
  const [demoted, viewer] = [
    await mintMember(owner.organisationId, "owner"),
    await mintMember(owner.organisationId, "viewer"),
  ];
  await demote(demoted, "admin");
  const setRole = async (role: string) =>
    demoted.request("PATCH", `${ORGANISATION}/members/${viewer.userId}`, { role });
  const refused = await setRole("owner");
  expect([refused.status, Problem.parse(await refused.json()).code]).toEqual([403, "members.owner_only"]);
  expect((await setRole("analyst")).status).toBe(200);
});

test("who is removed elsewhere can do nothing more", async () => {
  const owner = await mintOwner();
  const removed = await mintMember(owner.organisationId, "admin");
  expect((await removed.request("GET", ORGANISATION)).status).toBe(200);
  await database().query("delete from memberships where user_id = $1", [removed.userId]);
  expect((await removed.request("POST", KEYS, KEY)).status).toBe(403);
});
