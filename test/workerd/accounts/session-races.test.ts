import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { openSession } from "../../../src/domain/accounts/open-session.ts";
import { type AuditAction, auditRecord } from "../../../src/domain/audit/audit-record.ts";
import { buildServices } from "../../../src/services.ts";
import { call, type Person, registerPerson, signIn } from "../../support/accounts.ts";
import { database } from "../../support/world.ts";
import { whileLocked } from "../two-factor/while-locked.ts";

const { accounts } = buildServices(env);

function actOf({ address }: Person) {
  const origin = { address, userAgent: null, requestId: null };
  return { origin, now: Date.now(), newId: (prefix: string) => `${prefix}_${crypto.randomUUID()}` };
}

function recordOf(person: Person, action: AuditAction) {
  const { userId, organisationId } = person;
  const actor = { kind: "user", id: userId } as const;
  return auditRecord(actOf(person), {
    organisationId,
    actor,
    action,
    resource: null,
    outcome: "success",
    details: {},
  });
}

interface Account {
  sealed_secret: string;
  password_hash: string;
  password_changed_at: Date;
  kept: string;
}

/** Somebody who has begun to enrol, with one session, which is to be the only one left. */
async function mintPerson(): Promise<{ person: Person; account: Account }> {
  const person = await registerPerson();
  await signIn(person);
  const sealed = await accounts.mechanism.seal(accounts.mechanism.newSecret(), person.userId);
  await database().query("update users set totp_secret = $2 where id = $1", [person.userId, sealed]);
  const [account] = (await database().query(
    `select u.totp_secret as sealed_secret, u.password_hash, u.password_changed_at, s.id as kept from users u join sessions s on s.user_id = u.id
     where u.id = $1`,
    [person.userId],
  )) as Account[];
  if (account === undefined) throw new Error("not registered");
  return { person, account };
}

type World = Awaited<ReturnType<typeof mintPerson>>;

async function leftOf({ person }: World): Promise<unknown[]> {
  return database().query("select id from sessions where user_id = $1 and revoked_at is null", [
    person.userId,
  ]);
}

/** Four sign-ins that have proved the password, and an act that ends all sessions but one, all at once. */
async function amongOpenings({ person, account }: World, act: () => Promise<boolean>): Promise<void> {
  const { userId, organisationId } = person;
  const passwordChangedAt = account.password_changed_at.toISOString();
  const open = async () =>
    openSession(accounts, actOf(person), { userId, organisationId, mfa: false, passwordChangedAt });
  const row = { text: "select 1 from users where id = $1", params: [userId] };
  await whileLocked(row, async () => Promise.allSettled([open(), open(), act(), open(), open()]));
}

/** The act begins when a session is written and not yet committed. */
async function amidOpening({ person }: World, act: () => Promise<boolean>): Promise<void> {
  const db = database();
  const { userId, organisationId } = person;
  const lock = "select 1 from users where id = $1";
  const opening = db.transaction([
    db.query(`${lock} for share`, [userId]),
    db.query(
      `insert into sessions (id, user_id, organisation_id, mfa, expires_at)
       values ($1, $2, $3, false, now() + interval '1 day')`,
      [`ses_${crypto.randomUUID()}`, userId, organisationId],
    ),
    db.query("select pg_sleep(0.6)", []),
  ]);
  while ((await db.query(`${lock} for update skip locked`, [userId])).length > 0);
  expect(await Promise.all([act(), opening])).toMatchObject([true, {}]);
}

async function enable({ person, account }: World): Promise<boolean> {
  const { userId } = person;
  const confirmation = { userId, sealedSecret: account.sealed_secret, step: 1, sessionId: account.kept };
  return accounts.factors.confirm(confirmation, recordOf(person, "mfa.enabled"));
}

async function changePassword({ person, account }: World): Promise<boolean> {
  const { password_hash: from, kept: keepSession } = account;
  const change = { userId: person.userId, from, to: "new hash", at: new Date().toISOString(), keepSession };
  return accounts.users.changePassword(change, recordOf(person, "password.changed"));
}

describe.each([
  ["without the second factor, while it is enabled", enable],
  ["with the old password, while it changes", changePassword],
])("no session is left of those opened %s", (_, act) => {
  test.each([
    ["at the same time", amongOpenings],
    ["just before", amidOpening],
  ])("%s", async (__, race) => {
    const world = await mintPerson();
    await race(world, async () => act(world));
    expect(await leftOf(world)).toEqual([{ id: world.account.kept }]);
  });
});

test("a refresh token that comes back is in the chain as soon as it is refused", async () => {
  const person = await registerPerson();
  const { refresh_token } = await signIn(person);
  const refresh = async () => call("POST", "/auth/refresh", { body: { refresh_token } });
  expect((await refresh()).status).toBe(200);
  expect((await refresh()).status).toBe(401);
  const chained = await database().query(
    "select action from audit_logs where organisation_id = $1 and action = 'session.refreshed_twice'",
    [person.organisationId],
  );
  expect(chained).toHaveLength(1);
});
