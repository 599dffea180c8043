import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "pg";
import { MasterKeyWrapper } from "../../../src/auth/master-key-wrapper.ts";
import { ScryptHasher } from "../../../src/auth/password-hash.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { migrate } from "../../../local/migrate.ts";
import { readOrder, readSettings, revokeTokens, rotateKeys } from "../../../local/rotate-keys.ts";
import { seedDemo } from "../../../local/seed.ts";
import { newMasterKeys } from "../../../local/worker-settings.ts";
import { startTemporaryPostgres, type TemporaryPostgres } from "./temporary-postgres.ts";

const world: { postgres?: TemporaryPostgres } = {};

beforeAll(async () => {
  world.postgres = await startTemporaryPostgres();
  await migrate(world.postgres.url);
}, 60_000);

afterAll(async () => world.postgres?.remove());

function url(): string {
  if (world.postgres === undefined) throw new Error("no database");
  return world.postgres.url;
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url() });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function settings(MASTER_KEYS: string) {
  return readSettings({ DATABASE_URL: url(), MASTER_KEYS });
}

async function demoHash(): Promise<string> {
  return String((await rows("select password_hash from users where id = 'usr_demo'"))[0]?.["password_hash"]);
}

describe("rotating keys by hand", () => {
  test("gives the named purpose a new key, wraps the others anew, and leaves a record of each", async () => {
    await rows("delete from encryption_keys");
    const [old, young] = [newMasterKeys().replace("local", "old"), newMasterKeys().replace("local", "young")];
    expect(await rotateKeys(settings(old), [])).toEqual({ rotated: [], rewrapped: 0, resealed: 0 });
    expect(await rotateKeys(settings(old), ["secrets"])).toMatchObject({ rotated: ["secrets"] });
    expect(await rotateKeys(settings(`${young},${old}`), [])).toMatchObject({ rotated: [], rewrapped: 2 });
    expect(await rotateKeys(settings(young), readOrder(["--purpose", "secrets"]).purposes)).toMatchObject({
      rewrapped: 0,
    });
    const keys = await rows(
      "select generation, split_part(wrapped, ':', 1) as master from encryption_keys order by 1",
    );
    expect(keys.map(({ master }) => master)).toEqual(["young", "young", "young"]);
    const records = await rows("select record->>'action' as action from audit_outbox");
    expect(records.map(({ action }) => action)).toEqual(Array(4).fill("keyring.rotated"));
  });

  test("says which setting is missing, and never its value", () => {
    expect(() => readSettings({ DATABASE_URL: "mysql://secret@x/y" })).toThrow(
      /DATABASE_URL: .*\nMASTER_KEYS/,
    );
    expect(() => readSettings({ DATABASE_URL: "mysql://secret@x/y" })).not.toThrow("secret@x");
  });

  test("knows the purposes", () => {
    const purposes = ["jwt", "secrets", "commitments", "audit", "links"];
    expect(readOrder([])).toEqual({ purposes, revoke: false });
    expect(() => readOrder(["--purpose", "all"])).toThrow("jwt, secrets, commitments, audit");
  });

  test("revokes the key of access tokens, and no other: what those made must stay readable", async () => {
    expect(readOrder(["--purpose", "jwt", "--revoke"])).toEqual({ purposes: ["jwt"], revoke: true });
    for (const args of [["--revoke"], ["--revoke", "--purpose", "secrets"]]) {
      expect(() => readOrder(args)).toThrow("--revoke goes with --purpose jwt");
    }
    const masters = settings(newMasterKeys());
    await rows("delete from encryption_keys");
    expect(await revokeTokens(masters)).toBe(false);
    const leaked = { id: "dk_leaked", purpose: "jwt" } as const;
    const wrapped = await new MasterKeyWrapper(masters.MASTER_KEYS).wrap(leaked, randomBytes(32));
    await rows(
      `insert into encryption_keys (id, purpose, generation, wrapped) values ('dk_leaked', 'jwt', 1, '${wrapped}')`,
    );
    expect(await revokeTokens(masters)).toBe(true);
    const [key] = await rows(
      "select generation, created_at < now() - interval '19 minutes' as dated_back from encryption_keys where purpose = 'jwt' order by 1 desc",
    );
    expect(key).toEqual({ generation: 2, dated_back: true });
  });
});

describe("the demo account", () => {
  test("can sign in with its password, which a restart keeps and a lost one replaces", async () => {
    const hasher = new ScryptHasher();
    const first = await seedDemo(url());
    const hash = await demoHash();
    expect((await hasher.verify(first.password, hash)).ok).toBe(true);
    const again = await seedDemo(url(), { api_key: first.apiKey, password: first.password });
    expect([again.password, again.apiKey, await demoHash()]).toEqual([first.password, first.apiKey, hash]);
    const lost = await seedDemo(url());
    expect(lost.password).not.toBe(first.password);
    expect((await hasher.verify(lost.password, await demoHash())).ok).toBe(true);
  });
});
