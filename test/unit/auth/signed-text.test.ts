import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSigned, signText } from "../../../src/auth/signed-text.ts";
import { StorageUnavailable } from "../../../src/domain/enrichment/errors.ts";
import { KEYRING_MEMORY_MS } from "../../../src/domain/accounts/keyring.ts";
import { MemoryDataKeys, memoryKeyring } from "../../support/memory-data-keys.ts";

const LINK = "download:exp_01JD:1795770000";

/** As a rotation does: a second generation, which isolates learn of within minutes. */
async function rotate({ store, wrapper, clock }: ReturnType<typeof memoryKeyring>): Promise<void> {
  const key = { id: "dk_second", purpose: "links" } as const;
  const wrapped = await wrapper.wrap(key, crypto.getRandomValues(new Uint8Array(32)));
  await store.add({ ...key, generation: 2, wrapped, createdAt: new Date(clock.now).toISOString() }, null);
  clock.now += KEYRING_MEMORY_MS;
}

function changedAt(text: string, index: number): string {
  const other = text[index] === "A" ? "B" : "A";
  return text.slice(0, index) + other + text.slice(index + 1);
}

describe("a proof", () => {
  test("holds for its own text, and goes into a URL as it is", async () => {
    const { keyring } = memoryKeyring();
    const proof = await signText(keyring, LINK);
    expect(proof).toMatch(/^[A-Za-z0-9_]+\.[A-Za-z0-9_-]{43}$/);
    expect(encodeURIComponent(proof)).toBe(proof);
    expect(await isSigned(keyring, LINK, proof)).toBe(true);
  });

  test("of one text is always the same, so that a link can be made again", async () => {
    const { keyring } = memoryKeyring();
    expect(await signText(keyring, LINK)).toBe(await signText(keyring, LINK));
  });

  test("fails when any of its characters is changed, left out or put in", async () => {
    const { keyring } = memoryKeyring();
    const proof = await signText(keyring, LINK);
    for (let index = 0; index <= proof.length; index++) {
      const rest = proof.slice(index);
      const forged = [
        changedAt(proof, index),
        proof.slice(0, index) + rest.slice(1),
        `${proof.slice(0, index)}A${rest}`,
      ];
      for (const one of forged)
        expect([one, one !== proof && (await isSigned(keyring, LINK, one))]).toEqual([one, false]);
    }
  });

  test("fails when any character of its last group is one that decodes to the same bytes", async () => {
    const { keyring } = memoryKeyring();
    const proof = await signText(keyring, LINK);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/";
    const others = alphabet.split("").filter((last) => last !== proof.at(-1));
    for (const last of others) expect(await isSigned(keyring, LINK, proof.slice(0, -1) + last)).toBe(false);
  });

  test("fails for a text that differs in any byte", async () => {
    const { keyring } = memoryKeyring();
    const proof = await signText(keyring, LINK);
    for (let index = 0; index < LINK.length; index++)
      expect(await isSigned(keyring, changedAt(LINK, index), proof)).toBe(false);
    for (const text of ["", `${LINK} `, ` ${LINK}`, LINK.slice(1), LINK.slice(0, -1), `${LINK}\0`])
      expect(await isSigned(keyring, text, proof)).toBe(false);
  });

  test("of one text holds for no other, whatever the two are", async () => {
    const { keyring } = memoryKeyring();
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const property = fc.asyncProperty(text, text, async (one, other) => {
      const proof = await signText(keyring, one);
      expect(await isSigned(keyring, one, proof)).toBe(true);
      expect(await isSigned(keyring, other, proof)).toBe(one === other);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

describe("the key of a proof", () => {
  test("is ours: another keyring's proof fails, also under the name of our key", async () => {
    const ours = memoryKeyring().keyring;
    const theirs = memoryKeyring().keyring;
    const proof = await signText(theirs, LINK);
    const { id } = await ours.current("links");
    expect(await isSigned(ours, LINK, proof)).toBe(false);
    expect(await isSigned(ours, LINK, `${id}.${proof.split(".")[1]}`)).toBe(false);
  });

  test("is one for links: a key of another purpose proves nothing", async () => {
    const { keyring } = memoryKeyring();
    const { id } = await keyring.current("secrets");
    const [, mac] = (await signText(keyring, LINK)).split(".");
    expect(await isSigned(keyring, LINK, `${id}.${mac}`)).toBe(false);
  });

  test("may be replaced: older proofs stay good, and new ones name the new key", async () => {
    const memory = memoryKeyring();
    const before = await signText(memory.keyring, LINK);
    await rotate(memory);
    const after = await signText(memory.keyring, LINK);
    expect(after.split(".")[0]).toBe("dk_second");
    expect(before.split(".")[0]).not.toBe("dk_second");
    for (const proof of [before, after]) expect(await isSigned(memory.keyring, LINK, proof)).toBe(true);
    const [beforeMac, afterMac] = [before.split(".")[1], after.split(".")[1]];
    expect(await isSigned(memory.keyring, LINK, `dk_second.${beforeMac}`)).toBe(false);
    expect(await isSigned(memory.keyring, LINK, `${before.split(".")[0]}.${afterMac}`)).toBe(false);
  });

  test("that nobody can read now makes checking fail loudly, not pass", async () => {
    const store = new MemoryDataKeys();
    const { keyring, clock } = memoryKeyring({ store });
    const proof = await signText(keyring, LINK);
    store.list = async () => Promise.reject(new StorageUnavailable("down"));
    clock.now += KEYRING_MEMORY_MS;
    await expect(isSigned(keyring, LINK, proof)).rejects.toThrow(StorageUnavailable);
  });
});

describe("what is no proof", () => {
  test.each([
    "",
    ".",
    "..",
    "a",
    "a.",
    ".a",
    "a.b.c",
    "dk_1.====",
    "dk_1.é",
    "dk_1.\0",
    "null",
    "\uD800.\uD800",
  ])("%j is refused without an error", async (proof) => {
    const { keyring } = memoryKeyring();
    await keyring.current("links");
    expect(await isSigned(keyring, LINK, proof)).toBe(false);
  });

  test("is refused without an error whatever it is, also behind a key that exists", async () => {
    const { keyring } = memoryKeyring();
    const { id } = await keyring.current("links");
    const property = fc.asyncProperty(fc.string({ unit: "binary", maxLength: 80 }), async (junk) => {
      expect(await isSigned(keyring, LINK, junk)).toBe(false);
      expect(await isSigned(keyring, LINK, `${id}.${junk}`)).toBe(false);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("of another length than a proof's is refused", async () => {
    const { keyring } = memoryKeyring();
    const [id, mac = ""] = (await signText(keyring, LINK)).split(".");
    for (const length of [0, 1, 4, 20, 40, 42])
      expect(await isSigned(keyring, LINK, `${id}.${mac.slice(0, length)}`)).toBe(false);
    expect(await isSigned(keyring, LINK, `${id}.${mac}${mac}`)).toBe(false);
    expect(await isSigned(keyring, LINK, `${id}.${mac}.${mac}`)).toBe(false);
  });
});
