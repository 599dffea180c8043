import { expect, test } from "vitest";
import { SealedFactors } from "../../../src/auth/second-factor.ts";
import { masterKey, MemoryDataKeys, memoryKeyring } from "../../support/memory-data-keys.ts";

test("a backup code made under a key that this isolate has not seen yet is found", async () => {
  const masters = [masterKey("m1")];
  const store = new MemoryDataKeys();
  const here = memoryKeyring({ store, masters });
  const factors = new SealedFactors(here.keyring);
  const old = await factors.commit("usr_1", "AAAA-BBBB");
  const id = "dk_new";
  const key = { id, purpose: "commitments", generation: 2, createdAt: "2026-11-20T10:00:00.000Z" } as const;
  store.rows.push({ ...key, wrapped: await here.wrapper.wrap(key, new Uint8Array(32).fill(7)) });
  const elsewhere = new SealedFactors(memoryKeyring({ store, masters }).keyring);
  const code = elsewhere.newBackupCode();
  const kept = await elsewhere.commit("usr_1", code);
  expect(kept.startsWith(`${id}:`)).toBe(true);
  expect(await factors.everyCommitment("usr_1", code)).toContain(kept);
  expect(await factors.everyCommitment("usr_1", "AAAA-BBBB")).toContain(old);
});
