import { describe, expect, test } from "vitest";
import { SignedTokens } from "../../../../src/auth/account-tokens.ts";
import { open, seal, SecretUnreadable } from "../../../../src/auth/secret-box.ts";
import type { DataKey, KeyPurpose, Keyring } from "../../../../src/domain/accounts/keyring.ts";
import type { SealedSecret, SealedSecretStore } from "../../../../src/domain/accounts/reseal-secrets.ts";
import {
  revokeTokenKeys,
  type RotationDeps,
  rotateKeyring,
} from "../../../../src/domain/accounts/rotate-keyring.ts";
import type { ActContext } from "../../../../src/domain/audit/audit-record.ts";
import { totpContext } from "../../../../src/domain/accounts/totp-context.ts";
import { masterKey, MemoryDataKeys, memoryKeyring } from "../../../support/memory-data-keys.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

class MemorySecrets implements SealedSecretStore {
  readonly rows: SealedSecret[] = [];
  batches = 0;
  /** What a person does while the rotation runs. */
  meanwhile: () => void = () => undefined;

  async listSealedOtherwise(keyId: string, { after, limit }: { after: string; limit: number }) {
    this.batches += 1;
    const due = this.rows.filter(({ place, sealed }) => !sealed.startsWith(`${keyId}:`) && place > after);
    return due
      .toSorted((a, b) => (a.place < b.place ? -1 : 1))
      .slice(0, limit)
      .map((row) => ({ ...row }));
  }

  async replace(place: string, { from, to }: { from: string; to: string }): Promise<boolean> {
    this.meanwhile();
    const row = this.rows.find((one) => one.place === place && one.sealed === from);
    if (row !== undefined) row.sealed = to;
    return row !== undefined;
  }
}

function world(options: Parameters<typeof memoryKeyring>[0] = {}) {
  const made = memoryKeyring(options);
  const secrets = new MemorySecrets();
  const reseal = async (sealed: string, context: string): Promise<string | null> => {
    try {
      return await seal(made.keyring, await open(made.keyring, sealed, context), context);
    } catch (error) {
      if (error instanceof SecretUnreadable) return null;
      throw error;
    }
  };
  let ids = 0;
  const deps: RotationDeps = {
    dataKeys: made.store,
    wrapper: made.wrapper,
    keyring: made.keyring,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    secrets: { store: secrets, reseal },
  };
  const act = (): ActContext => ({
    origin: { address: null, userAgent: null, requestId: null },
    now: made.clock.now,
    newId: (prefix) => `${prefix}_${(ids += 1)}_${made.clock.now}`,
  });
  const rotate = async (forced: readonly KeyPurpose[] = []) => rotateKeyring(deps, act(), forced);
  const revoke = async () => revokeTokenKeys(deps, act());
  return { ...made, secrets, rotate, revoke };
}

async function useAll(keyring: Keyring): Promise<void> {
  for (const purpose of ["jwt", "secrets", "commitments", "audit", "links"] as const)
    await keyring.current(purpose);
}

describe("every night", () => {
  test("access-token keys are replaced after 30 days, the others after 90", async () => {
    const { keyring, clock, rotate } = world();
    await useAll(keyring);
    clock.now += 29 * DAY;
    expect((await rotate()).rotated).toEqual([]);
    clock.now += DAY;
    expect((await rotate()).rotated).toEqual(["jwt"]);
    clock.now += 60 * DAY;
    expect((await rotate()).rotated).toEqual(["jwt", "secrets", "commitments", "audit", "links"]);
    expect((await rotate()).rotated).toEqual([]);
  });

  test("a token of the old key is still read, and new ones are signed with the new key", async () => {
    const { keyring, clock, rotate } = world();
    const tokens = new SignedTokens(keyring);
    const person = { userId: "u", sessionId: "s", organisationId: "o" };
    const old = await tokens.issueAccessToken(person, clock.now);
    const oldKey = await keyring.current("jwt");
    await rotate(["jwt"]);
    const young = await tokens.issueAccessToken(person, clock.now);
    expect((await keyring.current("jwt")).id).not.toBe(oldKey.id);
    expect(JSON.parse(atob(young.accessToken.split(".")[0] ?? ""))).toMatchObject({
      kid: (await keyring.current("jwt")).id,
    });
    for (const { accessToken } of [old, young]) {
      expect(await tokens.readAccessToken(accessToken, clock.now)).toMatchObject(person);
    }
  });

  test("what was never used is not given a key", async () => {
    const { rotate, store } = world();
    expect((await rotate(["jwt", "audit"])).rotated).toEqual([]);
    expect(store.rows.map(({ purpose }) => purpose)).toEqual(["secrets"]);
  });
});

describe("a key of access tokens that leaked", () => {
  const person = { userId: "u", sessionId: "s", organisationId: "o" };

  /** Forges with the first key there was, whatever has replaced it. */
  function thief({ keyring, clock }: Pick<ReturnType<typeof world>, "keyring" | "clock">, leaked: DataKey) {
    const stolen: Keyring = {
      current: async () => leaked,
      find: async () => leaked,
      all: async () => [leaked],
    };
    return async (): Promise<boolean> => {
      const { accessToken } = await new SignedTokens(stolen).issueAccessToken(person, clock.now);
      return (await new SignedTokens(keyring).readAccessToken(accessToken, clock.now)) !== null;
    };
  }

  test("opens nothing from 20 minutes after its replacement, when all it signed for us is over", async () => {
    const made = world();
    const isForged = thief(made, await made.keyring.current("jwt"));
    await made.rotate(["jwt"]);
    made.clock.now += 20 * MINUTE - 1;
    expect(await isForged()).toBe(true);
    made.clock.now += 1;
    expect(await isForged()).toBe(false);
    await made.rotate(["jwt"]);
    expect(await isForged()).toBe(false);
  });

  test("opens nothing at once after a revocation, nor does one that was just replaced; the new one does", async () => {
    const made = world();
    const { keyring, clock, store } = made;
    const first = thief(made, await keyring.current("jwt"));
    await made.rotate(["jwt"]);
    const second = thief(made, await keyring.current("jwt"));
    expect([await first(), await second()]).toEqual([true, true]);
    expect(await made.revoke()).toBe(true);
    expect([await first(), await second()]).toEqual([false, false]);
    const tokens = new SignedTokens(keyring);
    const { accessToken } = await tokens.issueAccessToken(person, clock.now);
    expect(await tokens.readAccessToken(accessToken, clock.now)).toMatchObject(person);
    expect(store.records.at(-1)).toMatchObject({
      action: "keyring.rotated",
      details: { step: "new_key_voiding_older", purpose: "jwt", generation: 3 },
    });
  });

  test("is revoked also when a rotation comes in between", async () => {
    const made = world();
    const isForged = thief(made, await made.keyring.current("jwt"));
    const [revoked] = await Promise.all([made.revoke(), made.rotate(["jwt"])]);
    expect(revoked).toBe(true);
    made.keyring.forget();
    expect(await isForged()).toBe(false);
  });

  test("can't be revoked before there is one", async () => {
    expect(await world().revoke()).toBe(false);
  });
});

describe("each new key and wrapping", () => {
  test("is in the audit of the system, without the key", async () => {
    const { keyring, store, rotate } = world();
    await useAll(keyring);
    await rotate(["jwt"]);
    expect(store.records).toHaveLength(1);
    expect(store.records[0]).toMatchObject({
      organisationId: "system",
      action: "keyring.rotated",
      actor: { kind: "system", id: null },
      details: { step: "new_key", purpose: "jwt", generation: 2 },
    });
  });

  test("is made once when two rotations run at once", async () => {
    const { keyring, store, rotate } = world();
    await useAll(keyring);
    const both = await Promise.all([rotate(["jwt"]), rotate(["jwt"])]);
    expect(both.flatMap(({ rotated }) => rotated)).toEqual(["jwt"]);
    expect(store.records).toHaveLength(1);
  });
});

test("under a new master key every data key is wrapped again, once, and reads the same", async () => {
  const [old, young] = [masterKey("old"), masterKey("young")];
  const store = new MemoryDataKeys();
  const before = world({ store, masters: [old] });
  await useAll(before.keyring);
  const bytes = (await before.keyring.current("audit")).bytes;
  const after = world({ store, masters: [young, old] });
  expect((await after.rotate()).rewrapped).toBe(5);
  expect((await after.rotate()).rewrapped).toBe(0);
  expect(store.records.map(({ details }) => details["step"])).toEqual(Array(5).fill("new_wrapping"));
  const alone = world({ store, masters: [young] });
  expect((await alone.keyring.current("audit")).bytes).toEqual(bytes);
});

test("with a master key that does not open every data key nothing is changed, and the key is named", async () => {
  const store = new MemoryDataKeys();
  await useAll(world({ store, masters: [masterKey("old")] }).keyring);
  const before = structuredClone(store.rows);
  for (const masters of [[masterKey("young")], [{ ...masterKey("young"), id: "old" }]]) {
    const made = world({ store, masters });
    await expect(made.rotate(["jwt"])).rejects.toThrow(store.rows[0]?.id);
    await expect(made.revoke()).rejects.toThrow(store.rows[0]?.id);
  }
  expect(store.rows).toEqual(before);
  expect(store.records).toEqual([]);
});

async function sealedWorld(count: number) {
  const made = world();
  for (let index = 0; index < count; index++) {
    const place = `users.totp_secret:usr_${String(index).padStart(4, "0")}`;
    const context = totpContext(place);
    made.secrets.rows.push({ place, context, sealed: await seal(made.keyring, `S${index}`, context) });
  }
  return made;
}

describe("second factors", () => {
  test("are encrypted again in batches, each for its own person", async () => {
    const { keyring, secrets, rotate } = await sealedWorld(250);
    expect((await rotate(["secrets"])).resealed).toBe(250);
    expect(secrets.batches).toBe(4);
    const { id } = await keyring.current("secrets");
    for (const [index, { context, sealed }] of secrets.rows.entries()) {
      expect(sealed.startsWith(`${id}:`)).toBe(true);
      expect(await open(keyring, sealed, context)).toBe(`S${index}`);
    }
    expect((await rotate()).resealed).toBe(0);
  });

  test("that a person changes meanwhile stay as he made them", async () => {
    const { secrets, rotate } = await sealedWorld(1);
    secrets.meanwhile = () => {
      const [row] = secrets.rows;
      if (row !== undefined) row.sealed = "dk_new:his own";
    };
    await expect(rotate(["secrets"])).resolves.toMatchObject({ resealed: 0 });
    expect(secrets.rows[0]?.sealed).toBe("dk_new:his own");
  });

  test("that do not open are told at the end, and do not keep the others from it", async () => {
    const { keyring, secrets, rotate } = await sealedWorld(3);
    const [, broken] = secrets.rows;
    if (broken !== undefined) broken.sealed = broken.sealed.slice(0, -4);
    await expect(rotate(["secrets"])).rejects.toThrow("1 sealed secrets do not open");
    const { id } = await keyring.current("secrets");
    expect(secrets.rows.map(({ sealed }) => sealed.startsWith(`${id}:`))).toEqual([true, false, true]);
  });
});
