import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { ScryptHasher } from "../../../src/auth/password-hash.ts";
import { createInvitation } from "../../../src/domain/accounts/organisation/create-invitation.ts";
import { Problem } from "../../../src/http/problem.ts";
import { buildServices } from "../../../src/services.ts";
import { call, logIn, mintEmail, registerPerson, signIn } from "../../support/accounts.ts";
import { type Member, mintMember, mintOwner } from "../../support/members.ts";
import { database, mintAddress } from "../../support/world.ts";
import { auditOf, statusesOf } from "../two-factor/enrolled-person.ts";
import { whileLocked } from "../two-factor/while-locked.ts";

const PATH = "/api/v2/organisation/invitations";
const PASSWORD = "quatre mots sans lien";

const Created = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  invited_by: z.string(),
  created_at: z.string(),
  expires_at: z.string(),
  token: z.string(),
});

const Page = z.object({ data: z.array(z.object({ id: z.string() })), next_cursor: z.string().nullable() });

async function invite(by: Member, email = mintEmail(), role = "analyst"): Promise<z.infer<typeof Created>> {
  const response = await by.request("POST", PATH, { email, role });
  expect(response.status).toBe(201);
  return Created.parse(await response.json());
}

async function accept(body: object, address = mintAddress()): Promise<Response> {
  return call("POST", "/auth/invitations/accept", { body, address });
}

async function answerOf(response: Response): Promise<[number, string]> {
  return [response.status, Problem.parse(await response.json()).code];
}

async function idsOf(member: Member, query = ""): Promise<string[]> {
  return Page.parse(await (await member.request("GET", `${PATH}${query}`)).json()).data.map(({ id }) => id);
}

const REFUSED = [401, "invitations.refused"];

afterEach(() => {
  vi.useRealTimers();
});

describe("an invitation", () => {
  test("shows its token once, keeps only its hash, and lists until it is answered", async () => {
    const owner = await mintOwner();
    const [first, second] = [await invite(owner), await invite(owner)];
    expect(first.token).toMatch(/^mai_inv_[A-Za-z0-9_-]{43}$/);
    expect(Date.parse(first.expires_at) - Date.parse(first.created_at)).toBe(7 * 86_400_000);
    const list = await owner.request("GET", PATH);
    expect(await list.text()).not.toContain("mai_inv_");
    expect(await idsOf(owner)).toEqual([second.id, first.id]);
    expect(await idsOf(owner, "?limit=1")).toEqual([second.id]);
    expect(await idsOf(owner, `?limit=1&cursor=${second.id}`)).toEqual([first.id]);
    const rows = await database().query("select * from invitations where id = $1", [first.id]);
    expect(JSON.stringify(rows)).not.toContain(first.token.slice(8));
    expect(JSON.stringify(await auditOf(owner.organisationId))).not.toContain(first.email);
    expect((await accept({ token: first.token, name: "Marie", password: PASSWORD })).status).toBe(201);
    expect(await idsOf(owner)).toEqual([second.id]);
  });

  test("takes the place of one that the same address still has", async () => {
    const owner = await mintOwner();
    const email = mintEmail();
    const [old, fresh] = [await invite(owner, email), await invite(owner, email.toUpperCase(), "viewer")];
    expect(await idsOf(owner)).toEqual([fresh.id]);
    expect(await answerOf(await accept({ token: old.token, name: "M", password: PASSWORD }))).toEqual(
      REFUSED,
    );
    expect((await auditOf(owner.organisationId)).at(-1)?.details).toEqual({
      role: "viewer",
      replaces: old.id,
    });
  });

  test("of a member is refused", async () => {
    const owner = await mintOwner();
    const email = `${owner.userId}@EXAMPLE.test`;
    const response = await owner.request("POST", PATH, { email, role: "viewer" });
    expect(await answerOf(response)).toEqual([409, "invitations.already_member"]);
  });

  test("is worth nothing once revoked, expired, or made up", async () => {
    const owner = await mintOwner();
    const [revoked, expired] = [await invite(owner), await invite(owner)];
    expect((await owner.request("DELETE", `${PATH}/${revoked.id}`)).status).toBe(204);
    expect(await answerOf(await owner.request("DELETE", `${PATH}/${revoked.id}`))).toEqual([
      404,
      "resource.not_found",
    ]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(expired.expires_at) });
    const madeUp = `mai_inv_${"A".repeat(43)}`;
    for (const token of [revoked.token, expired.token, madeUp, "x", revoked.id]) {
      expect(await answerOf(await accept({ token, name: "Marie", password: PASSWORD }))).toEqual(REFUSED);
    }
  });

  test("is worth what its inviter may still do", async () => {
    const owner = await mintOwner();
    const second = await mintMember(owner.organisationId, "owner");
    const [asOwner, asViewer] = [
      await invite(second, mintEmail(), "owner"),
      await invite(second, mintEmail(), "viewer"),
    ];
    const members = "/api/v2/organisation/members";
    await owner.request("PATCH", `${members}/${second.userId}`, { role: "admin" });
    expect(await answerOf(await accept({ token: asOwner.token, name: "M", password: PASSWORD }))).toEqual(
      REFUSED,
    );
    await owner.request("DELETE", `${members}/${second.userId}`);
    expect(await answerOf(await accept({ token: asViewer.token, name: "M", password: PASSWORD }))).toEqual(
      REFUSED,
    );
  });

  test("refuses when its inviter is demoted while it is being accepted", async () => {
    const owner = await mintOwner();
    const second = await mintMember(owner.organisationId, "owner");
    const { token, email } = await invite(second);
    vi.spyOn(ScryptHasher.prototype, "hash").mockImplementationOnce(async () => {
      await database().query("update memberships set role = 'viewer' where user_id = $1", [second.userId]);
      return "no hash";
    });
    expect(await answerOf(await accept({ token, name: "M", password: PASSWORD }))).toEqual(REFUSED);
    expect(await database().query("select 1 from users where email = $1", [email])).toEqual([]);
  });

  test("is revoked when its inviter is removed, and does not come back with him", async () => {
    const owner = await mintOwner();
    const admin = await mintMember(owner.organisationId, "admin");
    const { token } = await invite(admin);
    const kept = await invite(owner);
    await owner.request("DELETE", `/api/v2/organisation/members/${admin.userId}`);
    expect(await idsOf(owner)).toEqual([kept.id]);
    await database().query(
      "insert into memberships (organisation_id, user_id, role) values ($1, $2, 'admin')",
      [owner.organisationId, admin.userId],
    );
    expect(await answerOf(await accept({ token, name: "M", password: PASSWORD }))).toEqual(REFUSED);
  });

  test("of two for one address at once, the later takes the place of the earlier, and the audit says so", async () => {
    const owner = await mintOwner();
    const { organisationId, userId } = owner;
    const { accounts } = buildServices(env);
    const origin = { address: null, userAgent: null, requestId: null };
    const act = { origin, now: Date.now(), newId: (prefix: string) => `${prefix}_${crypto.randomUUID()}` };
    const deps = { ...accounts, act };
    const addressed = { email: mintEmail(), role: "viewer" } as const;
    const rows = { text: "select 1 from organisations where id = $1", params: [organisationId] };
    await whileLocked(rows, async () =>
      Promise.all(
        [1, 2].map(async () => createInvitation(deps, { organisationId, userId, role: "owner" }, addressed)),
      ),
    );
    const open = await idsOf(owner);
    expect(open).toHaveLength(1);
    const replaced = (await auditOf(organisationId)).map(({ details }) => details["replaces"]);
    expect(replaced).toHaveLength(2);
    expect(replaced).toContain(null);
    expect(replaced.filter((id) => id !== null && id !== open[0])).toHaveLength(1);
  });

  test("of another organisation is not found", async () => {
    const [owner, stranger] = [await mintOwner(), await mintOwner()];
    const { id } = await invite(stranger);
    expect(await answerOf(await owner.request("DELETE", `${PATH}/${id}`))).toEqual([
      404,
      "resource.not_found",
    ]);
    expect(await idsOf(stranger)).toEqual([id]);
  });
});

describe("accepting with a new address", () => {
  test("creates the account, which signs in with the role of the invitation", async () => {
    const owner = await mintOwner();
    const { token, email, id } = await invite(owner, mintEmail(), "auditor");
    const response = await accept({ token, name: "Léa Martin", password: PASSWORD });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      role: "auditor",
      organisation: { id: owner.organisationId },
    });
    const { access_token } = await signIn({ ...owner, email, password: PASSWORD, address: mintAddress() });
    const me = await call("GET", "/auth/me", { token: access_token });
    expect(await me.json()).toMatchObject({ user: { email, name: "Léa Martin" }, role: "auditor" });
    expect(await answerOf(await accept({ token, name: "Léa", password: PASSWORD }))).toEqual(REFUSED);
    const accepted = (await auditOf(owner.organisationId)).find(
      ({ action }) => action === "invitation.accepted",
    );
    expect(accepted?.details).toEqual({ role: "auditor", new_account: true });
    expect(await idsOf(owner)).not.toContain(id);
  });

  test.each([
    ["no name", { password: PASSWORD }, "/name", /guillemets/],
    ["a short password", { name: "M", password: "court" }, "/password", /12 caractères/],
    ["a common password", { name: "M", password: "password1234" }, "/password", /devinés/],
  ])("refuses %s, naming it, and the invitation stays good", async (_, given, pointer, words) => {
    const { token } = await invite(await mintOwner());
    const response = await accept({ token, ...given });
    expect(response.status).toBe(400);
    const fault = Problem.parse(await response.json()).errors?.find((error) => error.pointer === pointer);
    expect(`${fault?.message} ${fault?.fix}`).toMatch(words);
    expect((await accept({ token, name: "Marie", password: PASSWORD })).status).toBe(201);
  });

  test("of two at once with one token, one creates the account", async () => {
    const owner = await mintOwner();
    const { token, email } = await invite(owner);
    const body = { token, name: "Marie", password: PASSWORD };
    const answers = await Promise.all([1, 2, 3].map(() => accept(body)));
    expect(statusesOf(answers)).toEqual([201, 401, 401]);
    const users = await database().query("select 1 from users where email = $1", [email]);
    expect(users).toHaveLength(1);
  });

  test("of two organisations at once, both are joined by one account", async () => {
    const [one, other] = [await mintOwner(), await mintOwner()];
    const email = mintEmail();
    const tokens = [(await invite(one, email)).token, (await invite(other, email)).token];
    const answers = await Promise.all(
      tokens.map((token) => accept({ token, name: "Marie", password: PASSWORD })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const memberships = await database().query(
      "select 1 from memberships m join users u on u.id = m.user_id where u.email = $1",
      [email],
    );
    expect(memberships).toHaveLength(2);
  });
});

test.each([
  ["no name", { password: PASSWORD }],
  ["a short password", { name: "M", password: "court" }],
  ["a common password", { name: "M", password: "password1234" }],
  ["the organisation's name", { name: "M", password: "reprises du sud !" }],
])("what is refused for %s does not tell whether the address has an account", async (_, given) => {
  const [owner, person] = [await mintOwner(), await registerPerson()];
  await owner.request("PATCH", "/api/v2/organisation", { name: "Reprises du Sud" });
  const refusals = await Promise.all(
    [mintEmail(), person.email].map(async (email) => {
      const { token } = await invite(owner, email);
      const response = await accept({ token, ...given });
      return [response.status, Problem.parse(await response.json()).errors];
    }),
  );
  expect(refusals[0]?.[0]).toBe(400);
  expect(refusals[1]).toEqual(refusals[0]);
});

describe("accepting with an address that has an account", () => {
  test("takes that account's password, and adds the organisation to it", async () => {
    const [owner, person] = [await mintOwner(), await registerPerson()];
    const { token } = await invite(owner, person.email.toUpperCase(), "viewer");
    const wrong = await accept({ token, name: "M", password: "some other password" }, person.address);
    expect(await answerOf(wrong)).toEqual(REFUSED);
    const done = await accept({ token, name: "M", password: person.password }, person.address);
    expect(done.status).toBe(201);
    expect(await done.json()).toMatchObject({ user_id: person.userId, role: "viewer" });
    const body = { email: person.email, password: person.password, organisation_id: owner.organisationId };
    const login = await call("POST", "/auth/login", { body, address: person.address });
    const { access_token } = z.object({ access_token: z.string() }).parse(await login.json());
    const organisation = await call("GET", "/organisation", { token: access_token });
    expect(await organisation.json()).toMatchObject({ id: owner.organisationId, your_role: "viewer" });
    expect((await logIn(person)).status).toBe(200);
  });

  test("is refused when the person is a member by now", async () => {
    const [owner, person] = [await mintOwner(), await registerPerson()];
    const { token } = await invite(owner, person.email);
    await database().query(
      "insert into memberships (organisation_id, user_id, role) values ($1, $2, 'viewer')",
      [owner.organisationId, person.userId],
    );
    const body = { token, name: "M", password: person.password };
    const answer = await answerOf(await accept(body, person.address));
    expect(answer).toEqual([409, "invitations.already_member"]);
  });

  test("of two at once with one token, one joins", async () => {
    const [owner, person] = [await mintOwner(), await registerPerson()];
    const { token } = await invite(owner, person.email);
    const body = { token, name: "M", password: person.password };
    const answers = await Promise.all([1, 2, 3].map(() => accept(body, person.address)));
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    const accepted = (await auditOf(owner.organisationId)).filter(
      ({ action }) => action === "invitation.accepted",
    );
    expect(accepted).toHaveLength(1);
  });

  test("does not help to guess its password: attempts are counted as at sign-in", async () => {
    const [owner, person] = [await mintOwner(), await registerPerson()];
    const { token } = await invite(owner, person.email);
    const statuses: number[] = [];
    const address = mintAddress();
    for (let attempt = 0; attempt < 11; attempt++) {
      const password = `guess number ${attempt}`;
      statuses.push((await accept({ token, name: "M", password }, address)).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("bad input is a 400 that names the field", () => {
  test.each([
    ["no address", { role: "viewer" }, "/email", /guillemets/],
    ["an address that is none", { email: "marie", role: "viewer" }, "/email", /adresse e-mail/],
    ["a long address", { email: `${"x".repeat(260)}@a.fr`, role: "viewer" }, "/email", /254/],
    ["no role", { email: "a@b.fr" }, "/role", /guillemets/],
    ["an unknown role", { email: "a@b.fr", role: "ownr" }, "/role", /« owner »/],
    ["a member it does not know", { email: "a@b.fr", role: "viewer", rol: 1 }, "/rol", /« role »/],
    ["null", null, "", /objet/],
  ])("inviting with %s", async (_, body, pointer, words) => {
    const owner = await mintOwner();
    const response = await owner.request("POST", PATH, body);
    expect(response.status).toBe(400);
    const fault = Problem.parse(await response.json()).errors?.find((error) => error.pointer === pointer);
    expect(`${fault?.message} ${fault?.fix}`).toMatch(words);
  });

  test.each([
    ["no token", { password: PASSWORD }, "/token"],
    ["an empty token", { token: "", password: PASSWORD }, "/token"],
    ["a long token", { token: "x".repeat(101), password: PASSWORD }, "/token"],
    ["no password", { token: "x" }, "/password"],
    ["half a character as password", { token: "x", password: "\ud800".repeat(12) }, "/password"],
    ["an empty name", { token: "x", name: "", password: PASSWORD }, "/name"],
    ["an address of one's own", { token: "x", email: "a@b.fr", password: PASSWORD }, "/email"],
  ])("accepting with %s", async (_, body, pointer) => {
    const response = await accept(body);
    expect(response.status).toBe(400);
    const problem = Problem.parse(await response.json());
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  });
});
