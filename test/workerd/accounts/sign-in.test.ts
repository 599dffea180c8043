import { expect, describe, test, vi } from "vitest";
import { ScryptHasher } from "../../../src/auth/password-hash.ts";
import { call, logIn, mintEmail, registerPerson, signIn } from "../../support/accounts.ts";
import { database, mintAddress } from "../../support/world.ts";

const REGISTER = { organisation: "Atelier des Tests", name: "Marie Petit" };

async function recordsOf(organisationId: string): Promise<{ action: string; outcome: string }[]> {
  const rows = await database().query(
    `select record->>'action' as action, record->>'outcome' as outcome, record->>'id' as id from audit_outbox where organisation_id = $1
     union select action, outcome, id from audit_logs where organisation_id = $1 order by id`,
    [organisationId],
  );
  return rows.map(({ action, outcome }) => ({ action, outcome }));
}

/** All but what differs from request to request anyway. */
async function essence(response: Response): Promise<object> {
  const { request_id: _, ...body } = await response.json<Record<string, unknown>>();
  const { "x-request-id": __, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, body };
}

test("a person registers, signs in, and sees who he is and what he may do", async () => {
  const person = await registerPerson();
  const tokens = await signIn(person);
  expect(tokens.expires_in).toBe(900);
  expect(tokens.refresh_token).toMatch(/^mai_rt_[A-Za-z0-9_-]{43}$/);
  const me = await call("GET", "/auth/me", { token: tokens.access_token });
  expect(me.status).toBe(200);
  expect(me.headers.get("cache-control")).toBe("no-store");
  expect(await me.json()).toMatchObject({
    user: { id: person.userId, email: person.email, name: "Marie Petit" },
    organisation: { id: person.organisationId, name: "Atelier des Tests", plan: "free" },
    role: "owner",
    scopes: expect.arrayContaining(["enrich:write", "members:write"]),
    mfa: { enabled: false, used: false, enrolment_required: false },
    memberships: [{ id: person.organisationId, role: "owner", mfa_required: false }],
  });
});

test("registration, sign-in and its failures are in the audit of the organisation", async () => {
  const person = await registerPerson();
  await signIn(person);
  await logIn(person, { password: "not the one" });
  expect(await recordsOf(person.organisationId)).toEqual([
    { action: "account.registered", outcome: "success" },
    { action: "session.opened", outcome: "success" },
    { action: "session.refused", outcome: "failure" },
  ]);
});

test("the address may be typed in any case and with spaces around", async () => {
  const person = await registerPerson();
  expect((await logIn(person, { email: `  ${person.email.toUpperCase()} ` })).status).toBe(200);
});

describe("nobody learns whether an address has an account", () => {
  test("from a sign-in: unknown address, wrong password and no password answer alike", async () => {
    const person = await registerPerson();
    const invited = await registerPerson();
    await database().query("update users set password_hash = null where id = $1", [invited.userId]);
    const wrong = await essence(await logIn(person, { password: "not the one" }));
    expect(wrong).toMatchObject({ status: 401, body: { code: "auth.login_refused" } });
    expect(await essence(await logIn(invited))).toEqual(wrong);
    expect(await essence(await logIn(person, { email: mintEmail(), address: mintAddress() }))).toEqual(wrong);
  });

  test("nor from its work: each costs one hash", async () => {
    const person = await registerPerson();
    const verify = vi.spyOn(ScryptHasher.prototype, "verify");
    const hash = vi.spyOn(ScryptHasher.prototype, "hash");
    await logIn(person, { password: "not the one" });
    expect(verify).toHaveBeenCalledTimes(1);
    await logIn(person, { email: mintEmail(), address: mintAddress() });
    expect(verify).toHaveBeenCalledTimes(2);
    expect(hash).not.toHaveBeenCalled();
  });

  test("from a registration: a known address gets the same answer for the same work, and nothing changes", async () => {
    const person = await registerPerson();
    const hash = vi.spyOn(ScryptHasher.prototype, "hash");
    const password = "girafe tambour lessive";
    const register = async (email: string): Promise<Response> =>
      call("POST", "/auth/register", { body: { ...REGISTER, email, password }, address: mintAddress() });
    const taken = await register(person.email.toUpperCase());
    const fresh = await register(mintEmail());
    expect(hash).toHaveBeenCalledTimes(2);
    const shapes = await Promise.all(
      [taken, fresh].map(async (response) => {
        const { user, organisation, note } = await response.json<{
          user: object;
          organisation: object;
          note: string;
        }>();
        const headers = [...response.headers.keys()];
        return {
          status: response.status,
          headers,
          user: Object.keys(user),
          organisation: Object.keys(organisation),
          note,
        };
      }),
    );
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[0]).toMatchObject({ status: 201, note: expect.stringContaining("avait déjà un compte") });
    expect((await logIn(person, { password })).status).toBe(401);
    expect((await logIn(person)).status).toBe(200);
    const count = await database().query(
      "select count(*)::int as count from memberships where user_id = $1",
      [person.userId],
    );
    expect(count).toEqual([{ count: 1 }]);
  });
});

test("of many who register one address at once, one gets it and no organisation is left behind", async () => {
  const email = mintEmail();
  const name = `Course ${crypto.randomUUID()}`;
  const responses = await Promise.all(
    Array.from({ length: 8 }, async () =>
      call("POST", "/auth/register", {
        body: { organisation: name, name: "Marie", email, password: "girafe tambour lessive" },
      }),
    ),
  );
  expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(201));
  const organisations = await database().query("select id from organisations where name = $1", [name]);
  const users = await database().query("select id from users where lower(email) = $1", [email]);
  expect([organisations.length, users.length]).toEqual([1, 1]);
});

test("who has a second factor gets no session from the password alone", async () => {
  const person = await registerPerson();
  await database().query("update users set totp_confirmed_at = now() where id = $1", [person.userId]);
  const response = await logIn(person);
  expect(response.status).toBe(200);
  const body = await response.json<{ mfa_token: string }>();
  expect(body).toEqual({ mfa_required: true, mfa_token: expect.any(String) });
  expect((await call("GET", "/auth/me", { token: body.mfa_token })).status).toBe(401);
  const sessions = await database().query("select 1 from sessions where user_id = $1", [person.userId]);
  expect(sessions).toEqual([]);
});

test("a member of two organisations chooses where to work, and is refused where he is no member", async () => {
  const [person, other] = [await registerPerson(), await registerPerson()];
  await database().query(
    "insert into memberships (organisation_id, user_id, role) values ($1, $2, 'viewer')",
    [other.organisationId, person.userId],
  );
  const enter = async (organisation_id: string): Promise<Response> => {
    const { email, password, address } = person;
    return call("POST", "/auth/login", { body: { email, password, organisation_id }, address });
  };
  const { access_token: token } = await (await enter(other.organisationId)).json<{ access_token: string }>();
  const me = await (await call("GET", "/auth/me", { token })).json();
  expect(me).toMatchObject({ organisation: { id: other.organisationId }, role: "viewer" });
  const stranger = await registerPerson();
  expect(await essence(await enter(stranger.organisationId))).toMatchObject({
    body: { code: "auth.login_refused" },
  });
});

test("guessing from one network is stopped there, and does not lock the person out elsewhere", async () => {
  const person = await registerPerson();
  const start = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: start });
  const address = mintAddress();
  const statuses: number[] = [];
  for (let turn = 0; turn < 10; turn++) {
    vi.setSystemTime(start + turn * 20_000);
    statuses.push((await logIn(person, { password: "not the one", address })).status);
  }
  expect(statuses).toEqual(Array(10).fill(401));
  vi.setSystemTime(start + 220_000);
  const refused = await logIn(person, { address });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: "limits.reached", policy: "password_by_network" });
  expect((await logIn(person)).status).toBe(200);
  vi.useRealTimers();
});
