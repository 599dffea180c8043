import { afterEach, describe, expect, test, vi } from "vitest";
import { call, registerPerson, signIn, type Tokens, Tokens as TokensSchema } from "../../support/accounts.ts";
import { database, mintAddress } from "../../support/world.ts";

afterEach(() => {
  vi.useRealTimers();
});

const DAY = 86_400_000;

async function refresh(refresh_token: string): Promise<Response> {
  return call("POST", "/auth/refresh", { body: { refresh_token } });
}

async function renewed(tokens: Tokens): Promise<Tokens> {
  const response = await refresh(tokens.refresh_token);
  expect(response.status).toBe(200);
  return TokensSchema.parse(await response.json());
}

async function statusOf(token: string): Promise<number> {
  return (await call("GET", "/auth/me", { token })).status;
}

async function sessionsOf(
  token: string,
  query = "",
): Promise<{ data: { id: string; current: boolean }[]; next_cursor: string | null }> {
  return (await call("GET", `/auth/sessions${query}`, { token })).json();
}

/** Past what an isolate remembers of a token. */
function wait(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + milliseconds });
}

describe("a refresh token", () => {
  test("is good once, and gives a new pair of the same session", async () => {
    const first = await signIn(await registerPerson());
    const second = await renewed(first);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await statusOf(second.access_token)).toBe(200);
    expect((await sessionsOf(second.access_token)).data).toHaveLength(1);
  });

  test("that comes back ends the session, for the thief and for the person", async () => {
    const person = await registerPerson();
    const first = await signIn(person);
    const second = await renewed(first);
    const again = await refresh(first.refresh_token);
    expect(again.status).toBe(401);
    expect(await again.json()).toMatchObject({ code: "auth.refresh_refused" });
    expect((await refresh(second.refresh_token)).status).toBe(401);
    wait(5_001);
    expect(await statusOf(second.access_token)).toBe(401);
    const audited = await database().query(
      `select count(*)::int as count from (
         select id from audit_outbox where organisation_id = $1 and record->>'action' = 'session.refreshed_twice'
         union select id from audit_logs where organisation_id = $1 and action = 'session.refreshed_twice') one`,
      [person.organisationId],
    );
    expect(audited).toEqual([{ count: 1 }]);
  });

  test("used by many at once wins once, and the others end the session", async () => {
    const tokens = await signIn(await registerPerson());
    const responses = await Promise.all(
      Array.from({ length: 10 }, async () => refresh(tokens.refresh_token)),
    );
    const winners = responses.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(9);
    const { refresh_token } = TokensSchema.parse(await winners[0]?.json());
    expect((await refresh(refresh_token)).status).toBe(401);
  });

  test("is only stored as a hash", async () => {
    const tokens = await signIn(await registerPerson());
    const rows = await database().query(
      "select count(*)::int as count from refresh_tokens where hash like 'mai_rt_%' or hash = $1",
      [tokens.refresh_token],
    );
    expect(rows).toEqual([{ count: 0 }]);
  });

  test("lives 30 days from the last refresh", async () => {
    const start = Date.now();
    const tokens = await signIn(await registerPerson());
    vi.useFakeTimers({ toFake: ["Date"], now: start + 29 * DAY });
    const next = await renewed(tokens);
    vi.setSystemTime(start + 58 * DAY);
    const last = await renewed(next);
    vi.setSystemTime(start + 89 * DAY);
    expect((await refresh(last.refresh_token)).status).toBe(401);
  });

  test("and 90 days in all, however often it is used", async () => {
    const start = Date.now();
    let tokens = await signIn(await registerPerson());
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    for (const day of [25, 50, 75, 89]) {
      vi.setSystemTime(start + day * DAY);
      tokens = await renewed(tokens);
    }
    vi.setSystemTime(start + 90 * DAY + 60_000);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
  });

  test.each(["x", "mai_rt_", `mai_rt_${"A".repeat(43)}`, `mai_live_${"A".repeat(43)}`])(
    "%s is refused",
    async (token) => {
      const response = await refresh(token);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: "auth.refresh_refused" });
    },
  );
});

describe("a session ends", () => {
  test("at once where one signs out, and its refresh token with it", async () => {
    const tokens = await signIn(await registerPerson());
    const response = await call("POST", "/auth/logout", { token: tokens.access_token });
    expect(response.status).toBe(204);
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
  });

  test("everywhere within five seconds of being revoked, though this isolate knew it", async () => {
    const person = await registerPerson();
    const tokens = await signIn(person);
    expect(await statusOf(tokens.access_token)).toBe(200);
    await database().query("update sessions set revoked_at = now() where user_id = $1", [person.userId]);
    wait(5_001);
    expect(await statusOf(tokens.access_token)).toBe(401);
  });

  test("after 15 minutes for an access token", async () => {
    const tokens = await signIn(await registerPerson());
    wait(905_000);
    expect(await statusOf(tokens.access_token)).toBe(401);
  });

  test("when its person is no longer a member", async () => {
    const person = await registerPerson();
    const tokens = await signIn(person);
    await database().query("delete from memberships where user_id = $1", [person.userId]);
    expect(await statusOf(tokens.access_token)).toBe(401);
    expect((await refresh(tokens.refresh_token)).status).toBe(401);
  });
});

test("a new role holds within five seconds, for the token that was given before it", async () => {
  const person = await registerPerson();
  const { access_token: token } = await signIn(person);
  const scopes = async (): Promise<string[]> =>
    (await (await call("GET", "/auth/me", { token })).json<{ scopes: string[] }>()).scopes;
  expect(await scopes()).toContain("enrich:write");
  await database().query("update memberships set role = 'auditor' where user_id = $1", [person.userId]);
  wait(5_001);
  expect(await scopes()).toEqual(["audit:read", "usage:read"]);
});

test("where a second factor is demanded, a person without one can only see himself and enrol", async () => {
  const person = await registerPerson();
  await database().query("update organisations set mfa_required = true where id = $1", [
    person.organisationId,
  ]);
  const { access_token: token } = await signIn(person);
  const me = await (await call("GET", "/auth/me", { token })).json();
  expect(me).toMatchObject({ scopes: [], mfa: { enrolment_required: true } });
  const read = await call("GET", "/companies/552032534", { token });
  expect(read.status).toBe(403);
  expect(await read.json()).toMatchObject({ code: "auth.mfa_enrolment_required" });
});

describe("a person's sessions", () => {
  test("are listed newest first with where and when they were opened, the one that asks marked", async () => {
    const person = await registerPerson();
    await signIn(person, { address: "2001:db8:7:8::1" });
    const { access_token: token } = await signIn(person);
    const { data } = await sessionsOf(token);
    expect(data).toMatchObject([
      { current: true, network: person.address, mfa: false, organisation_id: person.organisationId },
      { current: false, network: "2001:db8:7:8::/64" },
    ]);
  });

  test("come in pages", async () => {
    const person = await registerPerson();
    for (let turn = 0; turn < 3; turn++) await signIn(person, { address: mintAddress() });
    const { access_token: token } = await signIn(person);
    const first = await sessionsOf(token, "?limit=3");
    const second = await sessionsOf(token, `?limit=3&cursor=${first.next_cursor}`);
    expect([first.data.length, second.data.length, second.next_cursor]).toEqual([3, 1, null]);
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(4);
  });

  test("can be ended one by one, or all but the one that asks", async () => {
    const person = await registerPerson();
    const old = [];
    for (let turn = 0; turn < 3; turn++) old.push(await signIn(person));
    const { access_token: token } = await signIn(person);
    const [, , , oldest] = (await sessionsOf(token)).data;
    expect((await call("DELETE", `/auth/sessions/${oldest?.id}`, { token })).status).toBe(204);
    expect((await sessionsOf(token)).data).toHaveLength(3);
    expect((await call("DELETE", "/auth/sessions", { token })).status).toBe(204);
    expect((await sessionsOf(token)).data).toMatchObject([{ current: true }]);
    for (const tokens of old) expect(await statusOf(tokens.access_token)).toBe(401);
  });

  test("are nobody else's: another person's session is not found", async () => {
    const [person, other] = [await registerPerson(), await registerPerson()];
    const { access_token: token } = await signIn(person);
    const others = await signIn(other);
    const [session] = (await sessionsOf(others.access_token)).data;
    const response = await call("DELETE", `/auth/sessions/${session?.id}`, { token });
    expect(response.status).toBe(404);
    expect(await statusOf(others.access_token)).toBe(200);
  });
});
