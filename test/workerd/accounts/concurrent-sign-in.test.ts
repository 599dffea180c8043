import { expect, test } from "vitest";
import { logIn, registerPerson, Tokens } from "../../support/accounts.ts";
import { database, mintAddress } from "../../support/world.ts";

const LOGINS = 100;

test(
  "100 sign-ins of one account at once are 100 sessions, each with tokens of its own",
  { timeout: 180_000 },
  async () => {
    const person = await registerPerson();
    const responses = await Promise.all(
      Array.from({ length: LOGINS }, async () => logIn(person, { address: mintAddress() })),
    );
    const failed = responses.filter(({ status }) => status !== 200);
    expect(await Promise.all(failed.map(async (response) => response.text()))).toEqual([]);
    const tokens = await Promise.all(responses.map(async (response) => Tokens.parse(await response.json())));
    expect(new Set(tokens.map(({ refresh_token }) => refresh_token)).size).toBe(LOGINS);
    const [counted] = await database().query(
      `select count(distinct s.id)::int as sessions, count(t.hash)::int as tokens
       from sessions s join refresh_tokens t on t.session_id = s.id where s.user_id = $1`,
      [person.userId],
    );
    expect(counted).toEqual({ sessions: LOGINS, tokens: LOGINS });
    const records = await database().query(
      `select id from audit_outbox where organisation_id = $1 and record->>'action' = 'session.opened'
       union select id from audit_logs where organisation_id = $1 and action = 'session.opened'`,
      [person.organisationId],
    );
    expect(records).toHaveLength(LOGINS);
  },
);
