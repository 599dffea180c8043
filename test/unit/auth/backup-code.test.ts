import fc from "fast-check";
import { expect, test } from "vitest";
import { generateBackupCode, normaliseBackupCode } from "../../../src/auth/backup-code.ts";

const code = fc.uint8Array({ minLength: 10, maxLength: 10 }).map((bytes) => generateBackupCode(() => bytes));

test("a code is two groups of five, without i, l, o or u", () => {
  fc.assert(
    fc.property(code, (text) => {
      expect(text).toMatch(/^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/);
    }),
  );
});

test("a code is read back however a person copies it", () => {
  const copies: ((text: string) => string)[] = [
    (text) => text.toUpperCase(),
    (text) => text.replace("-", " "),
    (text) => ` ${text.replace("-", "")}\n`,
    (text) => text.replaceAll("0", "O"),
    (text) => text.replaceAll("1", "l"),
    (text) => text.replaceAll("1", "I"),
  ];
  fc.assert(
    fc.property(code, fc.constantFrom(...copies), (text, copy) => {
      expect(normaliseBackupCode(copy(text))).toBe(text.replace("-", ""));
    }),
  );
});

test.each([
  "",
  "7k2pq-x04m",
  "7k2pq-x04mzz",
  "7k2pq-x04mu",
  "７k2pq-x04mz",
  "7k2pq_x04mz",
  "x".repeat(10_000),
])("%.20j can't be one", (text) => {
  expect(normaliseBackupCode(text)).toBe(null);
});
