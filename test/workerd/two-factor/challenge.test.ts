import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { answerChallenge } from "../../../src/domain/accounts/two-factor/answer-challenge.ts";
import { type ActContext, auditRecord } from "../../../src/domain/audit/audit-record.ts";
import { LimiterUnavailable } from "../../../src/domain/limits/errors.ts";
import { buildServices } from "../../../src/services.ts";
import { call, type Person, Tokens } from "../../support/accounts.ts";
import { database, mintAddress } from "../../support/world.ts";
import {
  actionsOf,
  auditOf,
  beginSignIn,
  codeAnswered,
  codeOf,
  createBackupCodes,
  enrolPerson,
  passSteps,
  statusesOf,
  stopClock,
  wrongCode,
} from "./enrolled-person.ts";
import { whileLocked } from "./while-locked.ts";

beforeEach(stopClock);
afterEach(() => {
  vi.useRealTimers();
});

async function challenge(body: object, address?: string): Promise<Response> {
  return call("POST", "/auth/2fa/challenge", { body, ...(address === undefined ? {} : { address }) });
}

function actOf({ address }: Person): ActContext {
  const origin = { address, userAgent: null, requestId: null };
  return { origin, now: Date.now(), newId: (prefix) => `${prefix}_${crypto.randomUUID()}` };
}

test("password and code sign in, and the session says so", async () => {
  const person = await enrolPerson();
  passSteps(1);
  const mfa_token = await beginSignIn(person);
  const code = await codeOf(person.secret);
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
  const response = await challenge({ mfa_token, code: spaced }, person.address);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const { access_token: token } = Tokens.parse(await response.json());
  const me = await call("GET", "/auth/me", { token });
  expect(await me.json()).toMatchObject({ mfa: { enabled: true, used: true } });
});

describe("codes", () => {
  test.each([
    [-2, 401],
    [-1, 200],
    [0, 200],
    [1, 200],
    [2, 401],
  ])("a code of %i steps from now answers %i", async (steps, status) => {
    const person = await enrolPerson();
    passSteps(10);
    const mfa_token = await beginSignIn(person);
    const response = await challenge({ mfa_token, code: await codeOf(person.secret, steps) }, person.address);
    expect(response.status).toBe(status);
  });

  test("one that was used is refused, and so are those before it, whatever they are given for", async () => {
    const person = await enrolPerson();
    const { token, address, secret, password } = person;
    const mfa_token = await beginSignIn(person);
    const spent = await challenge({ mfa_token, code: await codeOf(secret) }, address);
    expect([spent.status, await codeAnswered(spent)]).toEqual([401, "auth.code_refused"]);
    const earlier = await challenge({ mfa_token, code: await codeOf(secret, -1) }, address);
    expect(earlier.status).toBe(401);
    passSteps(1);
    const code = await codeOf(secret);
    expect((await challenge({ mfa_token, code }, address)).status).toBe(200);
    const codes = await call("POST", "/auth/backup-codes", { token, address: mintAddress(), body: { code } });
    expect(codes.status).toBe(403);
    const disabled = await call("POST", "/auth/2fa/disable", {
      token,
      address: mintAddress(),
      body: { password, code },
    });
    expect(disabled.status).toBe(403);
    const refusals = (await auditOf(person.organisationId)).filter(({ action }) => action === "mfa.refused");
    expect(refusals.map(({ details }) => details["reason"])).toEqual(
      Array.from({ length: 4 }, () => "spent_code"),
    );
  });

  test("of eight that bring the same one at once, one gets in", async () => {
    const person = await enrolPerson();
    passSteps(1);
    const mfa_token = await beginSignIn(person);
    const code = await codeOf(person.secret);
    const answers = await Promise.all(Array.from({ length: 8 }, () => challenge({ mfa_token, code })));
    expect(statusesOf(answers)).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
    const sessions = await database().query(
      "select id from sessions where user_id = $1 and revoked_at is null and mfa and network like '198.%'",
      [person.userId],
    );
    expect(sessions).toHaveLength(2);
  });
});

describe("backup codes", () => {
  test("ten differ, each signs in once, and the status counts them", async () => {
    const person = await enrolPerson();
    passSteps(1);
    const codes = await createBackupCodes(person);
    expect(new Set(codes).size).toBe(10);
    const mfa_token = await beginSignIn(person);
    const used = codes[0]?.toUpperCase().replace("-", " ");
    expect((await challenge({ mfa_token, backup_code: used })).status).toBe(200);
    const again = await challenge({ mfa_token, backup_code: used });
    expect([again.status, await codeAnswered(again)]).toEqual([401, "auth.code_refused"]);
    const status = await call("GET", "/auth/2fa", { token: person.token });
    expect(await status.json()).toMatchObject({ enabled: true, backup_codes_left: 9 });
    const actions = await actionsOf(person.organisationId);
    for (const action of ["backup_codes.created", "backup_code.used", "mfa.refused"]) {
      expect(actions.filter((one) => one === action)).toHaveLength(1);
    }
  });

  test("of six that bring the same one at once, one gets in", async () => {
    const person = await enrolPerson();
    passSteps(1);
    const [backup_code] = await createBackupCodes(person);
    const mfa_token = await beginSignIn(person);
    const answers = await Promise.all(Array.from({ length: 6 }, () => challenge({ mfa_token, backup_code })));
    expect(statusesOf(answers)).toEqual([200, 401, 401, 401, 401, 401]);
  });

  test("new ones take the place of the old ones", async () => {
    const person = await enrolPerson();
    passSteps(1);
    const [old] = await createBackupCodes(person);
    passSteps(1);
    const [fresh] = await createBackupCodes(person);
    const mfa_token = await beginSignIn(person);
    expect((await challenge({ mfa_token, backup_code: old })).status).toBe(401);
    expect((await challenge({ mfa_token, backup_code: fresh })).status).toBe(200);
  });

  test("are ten, also when two requests make them at once", async () => {
    const person = await enrolPerson();
    passSteps(2);
    const { token, userId } = person;
    const row = { text: "select 1 from users where id = $1", params: [userId] };
    const { accounts } = buildServices(env);
    const [found] = await database().query("select totp_secret from users where id = $1", [userId]);
    const seen = { userId, sealedSecret: String(found?.["totp_secret"]) };
    const replace = async (name: string) => {
      const hashes = Array.from({ length: 10 }, (_, index) => `${name}${index}`);
      const record = auditRecord(actOf(person), {
        organisationId: person.organisationId,
        actor: { kind: "user", id: userId },
        action: "backup_codes.created",
        resource: null,
        outcome: "success",
        details: {},
      });
      return accounts.factors.replaceBackupCodes(seen, hashes, record);
    };
    expect(await whileLocked(row, async () => Promise.all([replace("a"), replace("b")]))).toEqual([
      true,
      true,
    ]);
    const status = await call("GET", "/auth/2fa", { token });
    expect(await status.json()).toMatchObject({ enabled: true, backup_codes_left: 10 });
  });

  test("are refused to whoever has no second factor", async () => {
    const person = await enrolPerson();
    await database().query("update users set totp_secret = null, totp_confirmed_at = null where id = $1", [
      person.userId,
    ]);
    const body = { code: "123456" };
    const response = await call("POST", "/auth/backup-codes", { token: person.token, body });
    expect([response.status, await codeAnswered(response)]).toEqual([409, "auth.mfa_not_enabled"]);
  });

  test("of one person open no other's account", async () => {
    const [one, other] = [await enrolPerson(), await enrolPerson()];
    passSteps(1);
    const [backup_code] = await createBackupCodes(one);
    await createBackupCodes(other);
    const mfa_token = await beginSignIn(other);
    expect((await challenge({ mfa_token, backup_code })).status).toBe(401);
  });
});

describe("guessing", () => {
  test("six attempts a minute from one place are one too many, and the right code waits too", async () => {
    const person = await enrolPerson();
    passSteps(3);
    const mfa_token = await beginSignIn(person);
    const address = mintAddress();
    const code = await wrongCode(person.secret);
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await challenge({ mfa_token, code }, address)).status).toBe(401);
    }
    const right = { mfa_token, code: await codeOf(person.secret) };
    const held = await challenge(right, address);
    expect([held.status, await codeAnswered(held)]).toEqual([429, "limits.reached"]);
    const wait = Number(held.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    expect((await challenge(right, person.address)).status).toBe(200);
    vi.setSystemTime(Date.now() + wait * 1_000);
    const later = { mfa_token, code: await codeOf(person.secret) };
    expect((await challenge(later, address)).status).toBe(200);
  });

  test("thirty from strangers in an hour are all, and never lock the person out", async () => {
    const person = await enrolPerson();
    passSteps(3);
    const mfa_token = await beginSignIn(person);
    const code = await wrongCode(person.secret);
    const answers = await Promise.all(Array.from({ length: 34 }, () => challenge({ mfa_token, code })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(30);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
    const own = await challenge({ mfa_token, code: await codeOf(person.secret) }, person.address);
    expect(own.status).toBe(200);
  });

  test("nobody gets in while attempts can't be counted", async () => {
    const person = await enrolPerson();
    passSteps(1);
    const mfaToken = await beginSignIn(person);
    const { accounts, audit } = buildServices(env);
    const throttle = {
      attempt: async () => {
        throw new LimiterUnavailable();
      },
    };
    const code = await codeOf(person.secret);
    const deps = { ...accounts, trail: audit.trail, throttle, act: actOf(person) };
    await expect(answerChallenge(deps, mfaToken, { code })).rejects.toBeInstanceOf(LimiterUnavailable);
  });
});

describe("the token of the first step", () => {
  test("is refused when it is none, an access token, or older than five minutes", async () => {
    const person = await enrolPerson();
    const mfa_token = await beginSignIn(person);
    passSteps(11);
    const code = await codeOf(person.secret);
    for (const token of [mfa_token, person.token, "x", `${mfa_token}x`]) {
      const response = await challenge({ mfa_token: token, code });
      expect([response.status, await codeAnswered(response)]).toEqual([401, "auth.challenge_refused"]);
    }
  });

  test("is void for whoever is no longer a member, and once the factor is given up", async () => {
    const [left, disabled] = [await enrolPerson(), await enrolPerson()];
    passSteps(1);
    const tokens = [await beginSignIn(left), await beginSignIn(disabled)];
    await database().query("delete from memberships where user_id = $1", [left.userId]);
    await database().query("update users set totp_secret = null, totp_confirmed_at = null where id = $1", [
      disabled.userId,
    ]);
    const codes = [await codeOf(left.secret), await codeOf(disabled.secret)];
    for (const [index, mfa_token] of tokens.entries()) {
      const response = await challenge({ mfa_token, code: codes[index] });
      expect([response.status, await codeAnswered(response)]).toEqual([401, "auth.challenge_refused"]);
    }
  });
});
