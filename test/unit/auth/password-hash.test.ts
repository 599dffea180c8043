import { Buffer } from "node:buffer";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ScryptHasher } from "../../../src/auth/password-hash.ts";

const refusePbkdf2 = vi.hoisted(() => (): never => {
  throw new Error("PBKDF2 above 100,000 iterations throws in production: it is not ours to call");
});

vi.mock("node:crypto", async (importOriginal) => {
  return { ...(await importOriginal<object>()), pbkdf2: refusePbkdf2, pbkdf2Sync: refusePbkdf2 };
});

afterEach(() => vi.restoreAllMocks());

const cheap = new ScryptHasher({ ln: 10, r: 8, p: 1 });

function base64(bytes: Buffer): string {
  return bytes.toString("base64").replaceAll("=", "");
}

function phc(cost: string, salt: string, hexHash: string): string {
  return `$scrypt$${cost}$${base64(Buffer.from(salt))}$${base64(Buffer.from(hexHash, "hex"))}`;
}

/** RFC 7914, section 12; its last vector needs 1 GiB. */
const VECTORS = [
  [
    "",
    phc(
      "ln=4,r=1,p=1",
      "",
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
    ),
  ],
  [
    "password",
    phc(
      "ln=10,r=8,p=16",
      "NaCl",
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
    ),
  ],
  [
    "pleaseletmein",
    phc(
      "ln=14,r=8,p=1",
      "SodiumChloride",
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
    ),
  ],
] as const;

describe("a password is kept as scrypt", () => {
  test.each(VECTORS)("as RFC 7914 computes it (%j)", async (password, stored) => {
    expect((await cheap.verify(password, stored)).ok).toBe(true);
    expect((await cheap.verify(`${password}.`, stored)).ok).toBe(false);
  });

  test("with its parameters and a salt of its own", async () => {
    const hasher = new ScryptHasher();
    const [one, other] = [
      await hasher.hash("phare du bout du monde"),
      await hasher.hash("phare du bout du monde"),
    ];
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await hasher.verify("phare du bout du monde", one)).toEqual({ ok: true, outdated: false });
  });

  test("and never by way of PBKDF2", async () => {
    vi.spyOn(crypto.subtle, "deriveBits").mockImplementation(refusePbkdf2);
    vi.spyOn(crypto.subtle, "deriveKey").mockImplementation(refusePbkdf2);
    const stored = await cheap.hash("phare du bout du monde");
    expect((await cheap.verify("phare du bout du monde", stored)).ok).toBe(true);
  });
});

test.each([
  ["200 characters", "é".repeat(200)],
  ["emoji", "👩‍🚀🚀🌕🪐👽🛸"],
  ["4,000 bytes", "0123456789".repeat(400)],
  ["nothing", ""],
])("a password of %s is told from one that differs in the last character", async (_, password) => {
  const stored = await cheap.hash(password);
  expect((await cheap.verify(password, stored)).ok).toBe(true);
  expect((await cheap.verify(`${password}x`, stored)).ok).toBe(false);
  expect((await cheap.verify(password.slice(0, -1) + (password === "" ? "y" : ""), stored)).ok).toBe(false);
});

test("an accented letter is the same whether typed as one code point or as two", async () => {
  const stored = await cheap.hash("été à la plage");
  expect((await cheap.verify("été à la plage".normalize("NFD"), stored)).ok).toBe(true);
});

test("a hash made with other parameters is verified by its own, and told to be outdated", async () => {
  const stored = await cheap.hash("phare du bout du monde");
  const dearer = new ScryptHasher({ ln: 11, r: 8, p: 1 });
  expect(await dearer.verify("phare du bout du monde", stored)).toEqual({ ok: true, outdated: true });
});

test("without a stored hash the answer is no", async () => {
  expect(await cheap.verify("phare du bout du monde", null)).toEqual({ ok: false, outdated: false });
});

test.each(["", "plain", "$2b$10$abcdefghijklmnopqrstuv", "$scrypt$ln=15,r=8,p=3$c2FsdA$"])(
  "what is no hash of ours (%j) is an error, not a no",
  async (stored) => {
    await expect(cheap.verify("x", stored)).rejects.toThrow("PHC");
  },
);
