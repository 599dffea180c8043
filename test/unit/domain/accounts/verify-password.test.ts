import { describe, expect, test } from "vitest";
import type { UserAccount } from "../../../../src/domain/accounts/sign-in-ports.ts";
import { type VerifyDeps, verifyPassword } from "../../../../src/domain/accounts/verify-password.ts";
import type { ActContext, AuditRecord } from "../../../../src/domain/audit/audit-record.ts";
import { LimiterUnavailable, LimitReached } from "../../../../src/domain/limits/errors.ts";
import type { AttemptPolicy } from "../../../../src/domain/limits/ports.ts";

const LIMITS: Partial<Record<AttemptPolicy, number>> = { password_by_network: 10, password_by_account: 100 };

const VICTIM: UserAccount = {
  id: "usr_victim",
  email: "marie@example.test",
  name: "Marie",
  passwordHash: "hash of right",
  passwordChangedAt: null,
  mfaEnabled: false,
  createdAt: "2026-01-01T00:00:00.000Z",
  memberships: [{ organisationId: "org_1", organisationName: "One", mfaRequired: false, role: "owner" }],
  knownNetwork: false,
};

function act(address: string | null): ActContext {
  return {
    origin: { address, userAgent: null, requestId: null },
    now: Date.parse("2026-11-20T10:00:00.000Z"),
    newId: (prefix) => `${prefix}_1`,
  };
}

function world(options: { user?: UserAccount | null; home?: string } = {}) {
  const { user = VICTIM, home = "192.0.2.1" } = options;
  const seen = {
    hashes: 0,
    rehashed: [] as object[],
    records: [] as AuditRecord[],
    attempts: [] as string[],
  };
  const counts = new Map<string, number>();
  const deps: VerifyDeps = {
    users: {
      find: async (_, network) => (user === null ? null : { ...user, knownNetwork: network?.name === home }),
      rehash: async (userId, change) => {
        seen.rehashed.push({ userId, ...change });
      },
    },
    passwords: {
      hash: async (password) => `newer hash of ${password}`,
      verify: async (password, stored) => {
        seen.hashes += 1;
        return {
          ok: stored?.endsWith(`hash of ${password}`) === true,
          outdated: stored?.startsWith("old") === true,
        };
      },
    },
    throttle: {
      attempt: async (policy, subject) => {
        seen.attempts.push(`${policy} ${subject}`);
        const count = (counts.get(`${policy} ${subject}`) ?? 0) + 1;
        counts.set(`${policy} ${subject}`, count);
        return count > (LIMITS[policy] ?? 0) ? { allowed: false, retryAfterMs: 60_000 } : { allowed: true };
      },
    },
    trail: {
      record: async (record) => {
        seen.records.push(record);
      },
    },
    commit: async (text) => `commitment(${text.length})`,
  };
  const attempt = async (password: string, address: string | null = "203.0.113.9") =>
    verifyPassword(deps, act(address), { email: VICTIM.email, password });
  return { deps, seen, attempt };
}

test("the right password gives the account, and leaves no record of its own", async () => {
  const { attempt, seen } = world();
  expect(await attempt("right")).toMatchObject({ id: "usr_victim" });
  expect(seen.records).toEqual([]);
});

describe("a failure costs the same work and says the same, whatever its cause", () => {
  test.each([
    ["a wrong password", VICTIM, "org_1"],
    ["an account that has no password yet", { ...VICTIM, passwordHash: null }, "org_1"],
    ["an unknown address", null, "system"],
  ])("%s", async (_, user, chain) => {
    const { attempt, seen } = world({ user });
    expect(await attempt("wrong")).toBeNull();
    expect(seen.hashes).toBe(1);
    expect(seen.attempts).toHaveLength(2);
    expect(seen.records).toHaveLength(1);
    expect(seen.records[0]).toMatchObject({
      organisationId: chain,
      action: "session.refused",
      outcome: "failure",
    });
    expect(JSON.stringify(seen.records)).not.toContain(VICTIM.email);
  });

  test("an unknown address is recorded as a commitment only, one form whatever its case", async () => {
    const { attempt, seen } = world({ user: null });
    await attempt("wrong");
    expect(seen.records[0]?.details).toMatchObject({
      address_commitment: expect.stringMatching(/^commitment/),
    });
  });
});

describe("an attacker can't lock a person out", () => {
  test("from one network: the person's own is counted apart", async () => {
    const { attempt } = world();
    for (let turn = 0; turn < 10; turn++) expect(await attempt("wrong")).toBeNull();
    await expect(attempt("right")).rejects.toThrow(LimitReached);
    expect(await attempt("right", "192.0.2.1")).not.toBeNull();
  });

  test("from thousands of networks: where the person signed in before stays open", async () => {
    const { attempt, seen } = world();
    const refused: string[] = [];
    for (let turn = 0; turn < 300; turn++) {
      await attempt("wrong", `203.0.${turn >> 8}.${turn & 255}`).catch((error: unknown) => {
        if (error instanceof LimitReached) refused.push(error.policy);
      });
    }
    expect(refused).toEqual(Array(200).fill("password_by_account"));
    expect(seen.hashes).toBe(100);
    expect(await attempt("right", "192.0.2.1")).not.toBeNull();
    await expect(attempt("right", "198.51.100.7")).rejects.toThrow(LimitReached);
  });

  test("by guessing from the person's own network: there too ten attempts are all", async () => {
    const { attempt, seen } = world();
    for (let turn = 0; turn < 10; turn++) await attempt("wrong", "192.0.2.1");
    await expect(attempt("wrong", "192.0.2.1")).rejects.toMatchObject({ policy: "password_by_network" });
    expect(seen.hashes).toBe(10);
  });
});

test("addresses of one /64 are one network", async () => {
  const { attempt } = world();
  for (let turn = 0; turn < 10; turn++) await attempt("wrong", `2001:db8:1:2::${turn}`);
  await expect(attempt("wrong", "2001:db8:1:2:ffff::1")).rejects.toThrow(LimitReached);
  expect(await attempt("wrong", "2001:db8:1:3::1")).toBeNull();
});

test("nothing is hashed or looked up further when attempts can't be counted", async () => {
  const { deps, seen } = world();
  const attempt = verifyPassword(
    { ...deps, throttle: { attempt: async () => Promise.reject(new LimiterUnavailable()) } },
    { origin: { address: null, userAgent: null, requestId: null }, now: 0, newId: (prefix) => prefix },
    { userId: "usr_victim", password: "right" },
  );
  await expect(attempt).rejects.toThrow(LimiterUnavailable);
  expect(seen.hashes).toBe(0);
});

test("a hash with older parameters is replaced once the password has proved right, and only then", async () => {
  const { attempt, seen } = world({ user: { ...VICTIM, passwordHash: "old hash of right" } });
  await attempt("wrong");
  expect(seen.rehashed).toEqual([]);
  expect(await attempt("right")).toMatchObject({ passwordHash: "newer hash of right" });
  expect(seen.rehashed).toEqual([
    { userId: "usr_victim", from: "old hash of right", to: "newer hash of right" },
  ]);
});
