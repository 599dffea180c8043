import { describe, expect, test, vi } from "vitest";
import { commit, everyCommitment } from "../../../src/auth/commitment.ts";
import { MasterKeyWrapper } from "../../../src/auth/master-key-wrapper.ts";
import { open, seal } from "../../../src/auth/secret-box.ts";
import { KeysUnreadable } from "../../../src/domain/accounts/errors.ts";
import { masterKey, MemoryDataKeys, memoryKeyring } from "../../support/memory-data-keys.ts";

describe("a data key", () => {
  test("is made at its first use, and stored only wrapped", async () => {
    const { keyring, store } = memoryKeyring();
    const key = await keyring.current("jwt");
    expect(key).toMatchObject({ purpose: "jwt", generation: 1 });
    expect(key.bytes).toHaveLength(32);
    expect(store.rows).toHaveLength(1);
    expect(store.rows[0]?.wrapped).toMatch(/^m1:[A-Za-z0-9_-]{80}$/);
    expect(await keyring.current("jwt")).toEqual(key);
  });

  test("is the same for isolates that need it first at once", async () => {
    const masters = [masterKey("m1")];
    const store = new MemoryDataKeys();
    const keyrings = Array.from({ length: 8 }, () => memoryKeyring({ store, masters }).keyring);
    const keys = await Promise.all(keyrings.map(async (keyring) => keyring.current("secrets")));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    expect(store.rows).toHaveLength(1);
  });

  test("is found by its id for its own purpose only", async () => {
    const { keyring } = memoryKeyring();
    const { id } = await keyring.current("jwt");
    expect((await keyring.find("jwt", id))?.id).toBe(id);
    expect(await keyring.find("secrets", id)).toBeNull();
  });

  test("does not open once its row was given another id or purpose", async () => {
    const { keyring, store } = memoryKeyring();
    await keyring.current("jwt");
    const [row] = store.rows;
    if (row === undefined) throw new Error("no key");
    row.purpose = "secrets";
    keyring.forget();
    await expect(keyring.current("secrets")).rejects.toThrow(KeysUnreadable);
  });

  test("wrapped with a master key that is gone fails loudly, and is not replaced behind our back", async () => {
    const { store, keyring } = memoryKeyring();
    await keyring.current("jwt");
    const stranger = memoryKeyring({ store, masters: [masterKey("m2")] });
    await expect(stranger.keyring.current("jwt")).rejects.toThrow(KeysUnreadable);
    expect(store.rows).toHaveLength(1);
  });

  test("opens with whichever master key it names, while new ones take the first", async () => {
    const [old, young] = [masterKey("old"), masterKey("young")];
    const store = new MemoryDataKeys();
    const before = await memoryKeyring({ store, masters: [old] }).keyring.current("jwt");
    const { keyring } = memoryKeyring({ store, masters: [young, old] });
    expect(await keyring.current("jwt")).toEqual(before);
    await keyring.current("secrets");
    expect(store.rows.map(({ wrapped }) => wrapped.split(":")[0])).toEqual(["old", "young"]);
  });
});

describe("reading the table", () => {
  test("happens once in five minutes", async () => {
    const { keyring, store, clock } = memoryKeyring();
    const { id } = await keyring.current("jwt");
    const before = store.lists;
    for (let turn = 0; turn < 10; turn++) await keyring.find("jwt", id);
    expect(store.lists).toBe(before);
    clock.now += 300_000;
    await keyring.find("jwt", id);
    expect(store.lists).toBe(before + 1);
  });

  test("finds a key that another isolate just made, and is not repeated for one that nobody has", async () => {
    const { keyring, store, clock, wrapper } = memoryKeyring();
    await keyring.current("jwt");
    const fresh = {
      id: "dk_fresh",
      purpose: "jwt",
      generation: 2,
      createdAt: "2026-11-20T10:00:00.000Z",
    } as const;
    store.rows.push({ ...fresh, wrapped: await wrapper.wrap(fresh, new Uint8Array(32)) });
    expect((await keyring.find("jwt", "dk_fresh"))?.generation).toBe(2);
    const before = store.lists;
    for (let turn = 0; turn < 10; turn++) expect(await keyring.find("jwt", "dk_none")).toBeNull();
    expect(store.lists).toBe(before + 1);
    clock.now += 10_000;
    await keyring.find("jwt", "dk_none");
    expect(store.lists).toBe(before + 2);
  });
});

async function rotatedElsewhere() {
  const made = memoryKeyring();
  await made.keyring.current("jwt");
  const other = {
    id: "dk_2",
    purpose: "jwt",
    generation: 2,
    createdAt: "2026-11-20T10:00:00.000Z",
  } as const;
  made.store.rows.push({ ...other, wrapped: await made.wrapper.wrap(other, new Uint8Array(32)) });
  return made;
}

describe("while a key that another isolate made is read", () => {
  test("every request that comes with it finds it, not only the first", async () => {
    const { keyring } = await rotatedElsewhere();
    const found = await Promise.all(Array.from({ length: 8 }, async () => keyring.find("jwt", "dk_2")));
    expect(found.map((key) => key?.id)).toEqual(Array(8).fill("dk_2"));
  });

  test("a slower reading that began before does not make it unknown again", async () => {
    const { keyring, store, clock } = await rotatedElsewhere();
    const late = Promise.withResolvers<void>();
    const before = store.rows.slice(0, 1);
    vi.spyOn(store, "list").mockImplementationOnce(async () => {
      await late.promise;
      return before;
    });
    const slow = keyring.find("jwt", "dk_none");
    clock.now += 1;
    expect(await keyring.find("jwt", "dk_2")).not.toBeNull();
    late.resolve();
    expect(await slow).toBeNull();
    expect(await keyring.find("jwt", "dk_2")).not.toBeNull();
  });
});

describe("a sealed secret", () => {
  test("opens in its context, and in no other", async () => {
    const { keyring } = memoryKeyring();
    const sealed = await seal(keyring, "JBSWY3DPEHPK3PXP é 🚀", "totp:usr_1");
    expect(sealed).toMatch(/^dk_[0-9a-z]+:[A-Za-z0-9_-]+$/);
    expect(sealed).not.toContain("JBSWY3DPEHPK3PXP");
    expect(await open(keyring, sealed, "totp:usr_1")).toBe("JBSWY3DPEHPK3PXP é 🚀");
    await expect(open(keyring, sealed, "totp:usr_2")).rejects.toThrow("does not open");
  });

  test("is never the same twice", async () => {
    const { keyring } = memoryKeyring();
    expect(await seal(keyring, "x", "a")).not.toBe(await seal(keyring, "x", "a"));
  });

  test.each(["", ":", "dk_none:AAAA", "no colon"])("that is none (%j) does not open", async (text) => {
    await expect(open(memoryKeyring().keyring, text, "a")).rejects.toThrow("does not open");
  });

  test("with one character changed does not open", async () => {
    const { keyring } = memoryKeyring();
    const sealed = await seal(keyring, "secret", "a");
    const start = sealed.indexOf(":") + 1;
    for (let at = start; at < sealed.length; at += 7) {
      const other = sealed[at] === "A" ? "B" : "A";
      await expect(open(keyring, sealed.slice(0, at) + other + sealed.slice(at + 1), "a")).rejects.toThrow(
        "does not open",
      );
    }
  });
});

describe("a commitment", () => {
  test("is the same for the same text, and another for another text or keyring", async () => {
    const { keyring } = memoryKeyring();
    const one = await commit(keyring, "email:a@b.fr");
    expect(one).toMatch(/^dk_[0-9a-z]+:[0-9a-f]{64}$/);
    expect(await commit(keyring, "email:a@b.fr")).toBe(one);
    expect(await commit(keyring, "email:a@b.f")).not.toBe(one);
    expect((await commit(memoryKeyring().keyring, "email:a@b.fr")).split(":")[1]).not.toBe(one.split(":")[1]);
  });

  test("made with an older key is still among those looked up", async () => {
    const { keyring, store, wrapper } = memoryKeyring();
    const old = await commit(keyring, "code");
    const fresh = {
      id: "dk_2",
      purpose: "commitments",
      generation: 2,
      createdAt: "2026-11-20T10:00:00.000Z",
    } as const;
    store.rows.push({ ...fresh, wrapped: await wrapper.wrap(fresh, new Uint8Array(32).fill(7)) });
    keyring.forget();
    const all = await everyCommitment(keyring, "code");
    expect(all).toHaveLength(2);
    expect(all[0]).toBe(await commit(keyring, "code"));
    expect(all[1]).toBe(old);
  });
});

test("a keyring without a master key is not built", () => {
  expect(() => new MasterKeyWrapper([])).toThrow("no master key");
});
