import { decode } from "fast-png";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { call, registerPerson, signIn } from "../../support/accounts.ts";
import { database } from "../../support/world.ts";
import { mintOwner } from "../../support/members.ts";
import {
  actionsOf,
  beginSignIn,
  codeAnswered,
  codeOf,
  createBackupCodes,
  enrolPerson,
  passSteps,
  setUp,
  stopClock,
  wrongCode,
} from "./enrolled-person.ts";

beforeEach(stopClock);
afterEach(() => {
  vi.useRealTimers();
});

describe("setting up", () => {
  test("gives a secret, its address and its picture, and nothing counts before the first code", async () => {
    const person = await registerPerson();
    const { access_token: token } = await signIn(person);
    const { secret, otpauth_uri, qr_svg, qr_png } = await setUp(token);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const uri = new URL(otpauth_uri);
    expect(uri.searchParams.get("secret")).toBe(secret);
    expect(decodeURIComponent(uri.pathname)).toContain(person.email);
    expect(qr_svg).toMatch(/^<svg [^]*<\/svg>$/);
    const png = Uint8Array.from(atob(qr_png.split(",")[1] ?? ""), (char) => char.charCodeAt(0));
    expect(decode(png).width).toBeGreaterThan(100);
    const status = await call("GET", "/auth/2fa", { token });
    expect(status.headers.get("cache-control")).toBe("no-store");
    expect(await status.json()).toEqual({
      enabled: false,
      confirmed_at: null,
      backup_codes_left: 0,
      required: false,
    });
    expect((await signIn(person)).access_token).toBeTruthy();
  });

  test("a second setup replaces the first until a code confirms it, then it is refused", async () => {
    const person = await registerPerson();
    const { access_token: token } = await signIn(person);
    const first = await setUp(token);
    const second = await setUp(token);
    expect(second.secret).not.toBe(first.secret);
    const old = await call("POST", "/auth/2fa/verify", { token, body: { code: await codeOf(first.secret) } });
    expect([old.status, await codeAnswered(old)]).toEqual([403, "auth.code_wrong"]);
    const fresh = await call("POST", "/auth/2fa/verify", {
      token,
      body: { code: await codeOf(second.secret) },
    });
    expect([fresh.status, await fresh.json()]).toEqual([200, { enabled: true }]);
    const third = await call("POST", "/auth/2fa/setup", { token });
    expect([third.status, await codeAnswered(third)]).toEqual([409, "auth.mfa_already_enabled"]);
    passSteps(1);
    const again = await call("POST", "/auth/2fa/verify", {
      token,
      body: { code: await codeOf(second.secret) },
    });
    expect([again.status, await codeAnswered(again)]).toEqual([409, "auth.mfa_already_enabled"]);
  });

  test("a code before any setup is told so", async () => {
    const owner = await mintOwner();
    const response = await owner.request("POST", "/api/v2/auth/2fa/verify", { code: "123456" });
    expect([response.status, await codeAnswered(response)]).toEqual([409, "auth.mfa_not_started"]);
  });

  test("of two first codes at once one confirms", async () => {
    const owner = await mintOwner();
    const { secret } = await setUp(owner.token);
    const body = { code: await codeOf(secret) };
    const both = await Promise.all([1, 2].map(() => owner.request("POST", "/api/v2/auth/2fa/verify", body)));
    expect(both.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
    expect((await actionsOf(owner.organisationId)).filter((action) => action === "mfa.enabled")).toHaveLength(
      1,
    );
  });
});

test("neither the secret nor a backup code can be read in the database or the audit", async () => {
  const person = await enrolPerson();
  passSteps(1);
  const codes = await createBackupCodes(person);
  const rows = await database().query(
    `select u.totp_secret, (select json_agg(b) from backup_codes b where b.user_id = u.id) as codes,
       (select json_agg(a) from audit_outbox a where a.organisation_id = $2) as outbox,
       (select json_agg(a) from audit_logs a where a.organisation_id = $2) as logs
     from users u where u.id = $1`,
    [person.userId, person.organisationId],
  );
  const stored = JSON.stringify(rows);
  expect(stored).toContain(person.userId);
  for (const secret of [person.secret, ...codes, ...codes.map((code) => code.replace("-", ""))]) {
    expect(stored.toLowerCase()).not.toContain(secret.toLowerCase());
  }
});

test("enabling ends the person's other sessions and keeps the one that enabled it", async () => {
  const person = await registerPerson();
  const elsewhere = await signIn(person);
  const { token } = await enrolPerson(person);
  passSteps(1);
  expect((await call("GET", "/auth/me", { token })).status).toBe(200);
  expect((await call("GET", "/auth/me", { token: elsewhere.access_token })).status).toBe(401);
});

test("a member of an organisation that demands it gets his rights back by enrolling", async () => {
  const owner = await mintOwner();
  const on = await owner.request("PATCH", "/api/v2/organisation", { mfa_required: true });
  expect(on.status).toBe(200);
  const held = await owner.request("GET", "/api/v2/organisation/members");
  expect([held.status, await codeAnswered(held)]).toEqual([403, "auth.mfa_enrolment_required"]);
  const { secret } = await setUp(owner.token);
  const body = { code: await codeOf(secret) };
  expect((await owner.request("POST", "/api/v2/auth/2fa/verify", body)).status).toBe(200);
  expect((await owner.request("GET", "/api/v2/organisation/members")).status).toBe(200);
});

describe("giving it up", () => {
  test("takes password and code, drops the backup codes, and one step signs in again", async () => {
    const person = await enrolPerson();
    const { token, address, password, secret } = person;
    passSteps(1);
    await createBackupCodes(person);
    passSteps(1);
    const disable = async (body: object) => call("POST", "/auth/2fa/disable", { token, address, body });
    const code = await codeOf(secret);
    const wrongPassword = await disable({ password: "not the password", code });
    expect([wrongPassword.status, await codeAnswered(wrongPassword)]).toEqual([403, "auth.password_refused"]);
    const wrong = await disable({ password, code: await wrongCode(secret) });
    expect([wrong.status, await codeAnswered(wrong)]).toEqual([403, "auth.code_wrong"]);
    const done = await disable({ password, code });
    expect([done.status, await done.json()]).toEqual([200, { enabled: false }]);
    const status = await call("GET", "/auth/2fa", { token });
    expect(await status.json()).toMatchObject({ enabled: false, backup_codes_left: 0 });
    expect((await signIn(person)).access_token).toBeTruthy();
    const again = await disable({ password, code });
    expect([again.status, await codeAnswered(again)]).toEqual([409, "auth.mfa_not_enabled"]);
    expect(await actionsOf(person.organisationId)).toContain("mfa.disabled");
    const reEnrolled = await enrolPerson(person);
    expect(reEnrolled.secret).not.toBe(secret);
  });

  test("a backup code stands for a lost device", async () => {
    const person = await enrolPerson();
    const { token, address, password } = person;
    passSteps(1);
    const [backup_code] = await createBackupCodes(person);
    const body = { password, backup_code };
    expect((await call("POST", "/auth/2fa/disable", { token, address, body })).status).toBe(200);
  });

  test("is refused while an organisation of the person's demands it", async () => {
    const person = await enrolPerson();
    const { token, address, password } = person;
    await call("PATCH", "/organisation", { token, body: { mfa_required: true } });
    passSteps(1);
    const body = { password, code: await codeOf(person.secret) };
    const refused = await call("POST", "/auth/2fa/disable", { token, address, body });
    expect([refused.status, await codeAnswered(refused)]).toEqual([409, "auth.mfa_required_by_organisation"]);
    expect(await beginSignIn(person)).toBeTruthy();
  });
});
