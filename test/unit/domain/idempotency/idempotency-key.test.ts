import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseIdempotencyKey } from "../../../../src/domain/idempotency/idempotency-key.ts";

const printable = fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/);

describe("an Idempotency-Key", () => {
  test("is the same key quoted or bare, whatever it is made of", () => {
    fc.assert(
      fc.property(printable, (key) => {
        expect(parseIdempotencyKey(`"${key.replace(/["\\]/g, "\\$&")}"`)).toBe(key);
      }),
    );
    fc.assert(
      fc.property(
        printable.filter((key) => !key.startsWith('"')),
        (key) => {
          expect(parseIdempotencyKey(` ${key} `)).toBe(key);
        },
      ),
    );
  });

  test.each([
    ["a UUID", "0b6a2f4e-6f0c-4e53-9d0e-6f3f5b1f2c9a", "0b6a2f4e-6f0c-4e53-9d0e-6f3f5b1f2c9a"],
    ["one character", "k", "k"],
    ["255 characters", "k".repeat(255), "k".repeat(255)],
    ["255 quoted characters", `"${"k".repeat(255)}"`, "k".repeat(255)],
    ["spaces inside", "lot du lundi", "lot du lundi"],
    ["an escaped quote", String.raw`"a\"b"`, 'a"b'],
    ["an escaped backslash", String.raw`"a\\b"`, String.raw`a\b`],
  ])("is accepted: %s", (_, header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  test.each([
    ["nothing", ""],
    ["blanks", "   "],
    ["nothing, quoted", '""'],
    ["256 characters", "k".repeat(256)],
    ["256 quoted characters", `"${"k".repeat(256)}"`],
    ["a quote that is not closed", '"abc'],
    ["text after the quote", '"abc";p=1'],
    ["two quoted keys", '"a", "b"'],
    ["an escape of something else", String.raw`"a\n"`],
    ["an accent", "clé"],
    ["a control character", "a\tb"],
  ])("is refused: %s", (_, header) => {
    expect(parseIdempotencyKey(header)).toBeNull();
  });
});
