import fc from "fast-check";
import { generate } from "otplib";
import { describe, expect, test } from "vitest";
import { generateTotpSecret, totpStep, totpUri } from "../../../src/auth/totp.ts";

/** Base32 of `12345678901234567890`. */
const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const codeAt = async (secret: string, seconds: number): Promise<string> =>
  generate({ secret, epoch: seconds });

describe("RFC 6238, appendix B", () => {
  test.each([
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ])("the code of second %i is %s", async (seconds, code) => {
    const attempt = { secret: RFC_SECRET, code, now: seconds * 1_000, digits: 8 } as const;
    expect(await totpStep(attempt)).toBe(Math.floor(seconds / 30));
    expect(
      await totpStep({ ...attempt, code: code.replace(/.$/, (last) => (last === "0" ? "1" : "0")) }),
    ).toBe(null);
  });

  test("the six digits of second 1111111109 keep their leading zero, and are nothing without it", async () => {
    const now = 1_111_111_109_000;
    expect(await totpStep({ secret: RFC_SECRET, code: "081804", now })).toBe(37_037_036);
    expect(await totpStep({ secret: RFC_SECRET, code: "81804", now })).toBe(null);
  });
});

/** By chance two steps of a secret can have one code: of these none do. From three steps before to three after. */
async function secretWithDistinctCodes(step: number): Promise<{ secret: string; codes: string[] }> {
  const secret = generateTotpSecret();
  const sides = [-3, -2, -1, 0, 1, 2, 3];
  const codes = await Promise.all(sides.map(async (side) => codeAt(secret, (step + side) * 30)));
  return new Set(codes).size === codes.length ? { secret, codes } : secretWithDistinctCodes(step);
}

test("a code is good for its step and one on each side, whatever the second, and no further", async () => {
  const ages = fc.integer({ min: -3, max: 3 });
  const seconds = fc.integer({ min: 1_000_000_000, max: 4_000_000_000 });
  await fc.assert(
    fc.asyncProperty(seconds, ages, async (at, age) => {
      const present = Math.floor(at / 30);
      const { secret, codes } = await secretWithDistinctCodes(present);
      const found = await totpStep({ secret, code: codes[age + 3] ?? "", now: at * 1_000 + 999 });
      expect(found).toBe(Math.abs(age) <= 1 ? present + age : null);
    }),
    { numRuns: 60 },
  );
});

test.each([
  "",
  "12345",
  "1234567",
  "12345a",
  "123 456",
  "１２３４５６",
  "12345\n",
  "-12345",
  "1e5000",
  "٠١٢٣٤٥",
])("%j is no code, and nothing breaks", async (code) => {
  expect(await totpStep({ secret: RFC_SECRET, code, now: 59_000 })).toBe(null);
});

test("secrets have 160 bits and differ", () => {
  const secrets = Array.from({ length: 50 }, generateTotpSecret);
  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(new Set(secrets).size).toBe(50);
});

test("the address holds issuer, account and secret, escaped", () => {
  const uri = new URL(totpUri(RFC_SECRET, "léa+2fa@exemple.fr"));
  expect(uri.protocol).toBe("otpauth:");
  expect(decodeURIComponent(uri.pathname)).toMatch(/MA Intelligence:léa\+2fa@exemple\.fr$/);
  expect(uri.searchParams.get("secret")).toBe(RFC_SECRET);
  expect(uri.searchParams.get("issuer")).toBe("MA Intelligence");
});
