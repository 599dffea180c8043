import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ApiKey,
  isInUse,
  KEY_CAPS,
  scopesBeyond,
} from "../../../../../src/domain/accounts/keys/api-key.ts";
import {
  KEY_SCOPES,
  type Principal,
  ROLE_SCOPES,
  ROLES,
} from "../../../../../src/domain/accounts/principal.ts";

const NOW = Date.parse("2026-11-20T09:00:00.000Z");

const KEY: ApiKey = {
  id: "key_1",
  name: "Import",
  prefix: "mai_live_abcdefg",
  scopes: ["companies:read"],
  mode: "live",
  createdBy: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  lastUsedAt: null,
  expiresAt: null,
  revokedAt: null,
  replacedBy: null,
};

function person(scopes: readonly string[]): Principal {
  return {
    organisationId: "org_1",
    actor: { kind: "user", id: "usr_1" },
    plan: "free",
    mode: "live",
    scopes: new Set(scopes),
    since: 0,
    session: { id: "ses_1", userId: "usr_1", role: "owner", mfa: false, mustEnrol: false },
  };
}

test("a key is in use until it is revoked, replaced or over", () => {
  expect(isInUse(KEY, NOW)).toBe(true);
  expect(isInUse({ ...KEY, revokedAt: "2026-11-01T00:00:00.000Z" }, NOW)).toBe(false);
  expect(isInUse({ ...KEY, replacedBy: "key_2" }, NOW)).toBe(false);
});

test("property: a key that expires is in use before that instant, and not from it on", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), (left) => {
      const expiresAt = new Date(NOW + left).toISOString();
      expect(isInUse({ ...KEY, expiresAt }, NOW)).toBe(left > 0);
    }),
  );
});

test("property: nobody gives a scope that he has not", () => {
  fc.assert(
    fc.property(fc.subarray([...KEY_SCOPES]), fc.subarray([...KEY_SCOPES]), (held, wanted) => {
      const beyond = scopesBeyond(person(held), wanted);
      expect(
        wanted
          .filter((scope) => held.includes(scope))
          .concat(beyond as typeof wanted)
          .sort(),
      ).toEqual([...wanted].sort());
      expect(beyond.some((scope) => held.some((one) => one === scope))).toBe(false);
    }),
  );
});

test("whoever may write keys holds every scope that a key can have: a rotation gives nobody more than he has", () => {
  const writers = ROLES.filter((role) => ROLE_SCOPES[role].includes("keys:write"));
  expect(writers).toEqual(["owner", "admin"]);
  for (const role of writers) expect(scopesBeyond(person(ROLE_SCOPES[role]), KEY_SCOPES)).toEqual([]);
});

test("a larger plan allows more keys", () => {
  expect(KEY_CAPS).toEqual({ free: 5, pro: 20, enterprise: 100, admin: 1_000 });
});
