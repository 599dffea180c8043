import fc from "fast-check";
import { expect, test } from "vitest";
import { apiKeyPrefix, generateApiKey, hashApiKey, isApiKeyShape } from "../../../src/auth/api-key.ts";

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("a key says what it is, carries 256 bits and a checksum that a scanner can verify", () => {
  fc.assert(
    fc.property(bytes, fc.constantFrom("live" as const, "test" as const), (random, mode) => {
      const key = generateApiKey(mode, () => random);
      expect(key).toMatch(new RegExp(`^mai_${mode}_[A-Za-z0-9_-]{43}[0-9a-z]{7}$`));
      expect(isApiKeyShape(key)).toBe(true);
    }),
  );
});

test("one changed character is noticed without asking the database", () => {
  fc.assert(
    fc.property(bytes, fc.nat(58), fc.constantFrom("a", "Z", "0", "9"), (random, at, character) => {
      const key = generateApiKey("live", () => random);
      const changed = key.slice(0, at) + character + key.slice(at + 1);
      expect(isApiKeyShape(changed)).toBe(changed === key);
    }),
  );
});

test("only a hash is kept; what is shown again does not give the key away", async () => {
  const key = generateApiKey("live", () => new Uint8Array(32));
  expect(await hashApiKey(key)).toMatch(/^[0-9a-f]{64}$/);
  expect(apiKeyPrefix(key)).toHaveLength(16);
});
