import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { open, seal } from "../../../src/auth/secret-box.ts";
import { systemAct } from "../../../src/cron/system-act.ts";
import { rotateKeyring } from "../../../src/domain/accounts/rotate-keyring.ts";
import { totpContext } from "../../../src/domain/accounts/totp-context.ts";
import { buildServices } from "../../../src/services.ts";
import { call, registerPerson, signIn } from "../../support/accounts.ts";
import { database } from "../../support/world.ts";
import { purgeSessions } from "../../../src/cron/jobs/purge-sessions.ts";

function keyIdOf(token: string): unknown {
  return JSON.parse(atob(token.split(".")[0] ?? "")).kid;
}

test("after a rotation old access tokens still open, and another isolate signs with the new key and reads it", async () => {
  const person = await registerPerson();
  const { access_token: old } = await signIn(person);
  const { accounts, now } = buildServices(env);
  await rotateKeyring(accounts.rotation, systemAct(now()), ["jwt"]);
  expect((await call("GET", "/auth/me", { token: old })).status).toBe(200);
  const { sid } = JSON.parse(atob(old.split(".")[1] ?? ""));
  const claims = { userId: person.userId, organisationId: person.organisationId, sessionId: sid };
  const { accessToken } = await accounts.tokens.issueAccessToken(claims, now());
  expect(keyIdOf(accessToken)).not.toBe(keyIdOf(old));
  expect((await call("GET", "/auth/me", { token: accessToken })).status).toBe(200);
});

test("after a rotation second factors are encrypted with the new key, each still its own person's", async () => {
  const { accounts, now } = buildServices(env);
  const people = [await registerPerson(), await registerPerson()];
  for (const { userId } of people) {
    const sealed = await seal(accounts.keyring, `secret of ${userId}`, totpContext(userId));
    await database().query("update users set totp_secret = $2 where id = $1", [userId, sealed]);
  }
  await rotateKeyring(accounts.rotation, systemAct(now()), ["secrets"]);
  const { id } = await accounts.keyring.current("secrets");
  for (const { userId } of people) {
    const [row] = await database().query("select totp_secret from users where id = $1", [userId]);
    const sealed = String(row?.["totp_secret"]);
    expect(sealed.startsWith(`${id}:`)).toBe(true);
    expect(await open(accounts.keyring, sealed, totpContext(userId))).toBe(`secret of ${userId}`);
  }
});

test("a rotation is in the audit of the system", async () => {
  const { accounts, now } = buildServices(env);
  await accounts.keyring.current("commitments");
  await rotateKeyring(accounts.rotation, systemAct(now()), ["commitments"]);
  const { id } = await accounts.keyring.current("commitments");
  const records = await database().query(
    `select record->>'action' as action from audit_outbox where organisation_id = 'system' and record->'resource'->>'id' = $1
     union all select action from audit_logs where organisation_id = 'system' and resource_id = $1`,
    [id],
  );
  expect(records).toEqual([{ action: "keyring.rotated" }]);
});

test("every night what ended 90 days ago is deleted, and what ended since is kept", async () => {
  const person = await registerPerson();
  const { userId, organisationId } = person;
  const insert = async (id: string, expiresDaysAgo: number, revokedDaysAgo: number | null): Promise<void> => {
    const db = database();
    await db.transaction([
      db.query(
        `insert into sessions (id, user_id, organisation_id, mfa, expires_at, revoked_at)
         values ($1, $2, $3, false, now() - make_interval(days => $4), now() - make_interval(days => $5))`,
        [id, userId, organisationId, expiresDaysAgo, revokedDaysAgo],
      ),
      db.query("insert into refresh_tokens (hash, session_id) values ($1, $1)", [id]),
      db.query(
        `insert into invitations (id, organisation_id, email, role, token_hash, expires_at, revoked_at)
         values ($1, $2, 'x@example.test', 'viewer', $1, now() - make_interval(days => $3), now() - make_interval(days => $4))`,
        [id, organisationId, expiresDaysAgo, revokedDaysAgo],
      ),
    ]);
  };
  const label = crypto.randomUUID();
  await insert(`${label} expired long ago`, 91, null);
  await insert(`${label} revoked long ago`, -5, 91);
  await insert(`${label} expired lately`, 89, null);
  await insert(`${label} open`, -5, null);
  await purgeSessions(buildServices(env));
  const left = async (table: string, column: string): Promise<unknown[]> => {
    const rows = await database().query(
      `select ${column} as id from ${table} where ${column} like $1 order by 1`,
      [`${label}%`],
    );
    return rows.map(({ id }) => String(id).slice(label.length + 1));
  };
  const kept = ["expired lately", "open"];
  expect(await left("sessions", "id")).toEqual(kept);
  expect(await left("refresh_tokens", "hash")).toEqual(kept);
  expect(await left("invitations", "id")).toEqual(kept);
});
