import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readBodyText } from "../../../src/providers/body-text.ts";
import { latestDate, toIsoDate, toYear } from "../../../src/providers/dates.ts";
import { cleanText, toNumber } from "../../../src/providers/loose-schema.ts";
import { retryAfterMs } from "../../../src/providers/retry-after.ts";

const NOW = Date.parse("2026-11-20T10:00:00.000Z");

describe("retryAfterMs", () => {
  test.each([
    ["12", 12_000],
    ["0", 0],
    ["1.5", 1_500],
    ["99999999", 86_400_000],
    ["Fri, 20 Nov 2026 10:00:30 GMT", 30_000],
    ["Fri, 20 Nov 2026 09:00:00 GMT", 0],
    ["-3", null],
    ["soon", null],
    ["2026", 2_026_000],
    ["", null],
    [null, null],
  ])("%s → %s", (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});

describe("toIsoDate", () => {
  test.each([
    ["2025-06-18", "2025-06-18"],
    ["2026-11-17T10:00:00", "2026-11-17"],
    ["2011-05-12T22:00:00.000Z", "2011-05-13"],
    ["2011-12-31T23:00:00Z", "2012-01-01"],
    ["2011-05-12T21:00:00.000Z", "2011-05-12"],
    ["18/06/2025", "2025-06-18"],
    ["18 juin 2025", "2025-06-18"],
    ["1er Août 2025", "2025-08-01"],
    ["le 29 février 2024.", "2024-02-29"],
    ["29 février 2025", null],
    ["2025-02-30", null],
    ["1900-01-01", null],
    ["12 brumaire 2025", null],
    ["20250618", null],
    ["", null],
    [null, null],
  ])("%s → %s", (raw, expected) => {
    expect(toIsoDate(raw)).toBe(expected);
  });

  test("never throws, and gives a date or null", () => {
    fc.assert(
      fc.property(fc.string(), (raw) => {
        expect(toIsoDate(raw) ?? "2000-01-01").toMatch(/^\d{4}-\d{2}-\d{2}$/);
      }),
    );
  });
});

test.each([
  ["1961", 1961],
  ["1961-03", 1961],
  ["1961-03-14", 1961],
  ["19610314", null],
  ["[ND]", null],
  [null, null],
])("toYear %s → %s", (raw, expected) => {
  expect(toYear(raw)).toBe(expected);
});

test("latestDate ignores the unknown ones", () => {
  expect(latestDate([null, "2024-01-01", "2025-01-01", null])).toBe("2025-01-01");
  expect(latestDate([])).toBeNull();
});

test.each([
  ["  X ", "X"],
  [12, "12"],
  ["", null],
  ["[NON-DIFFUSIBLE]", null],
  ["RUE [nd] LYON", null],
  [undefined, null],
])("cleanText %s → %s", (raw, expected) => {
  expect(cleanText(raw)).toBe(expected);
});

test.each([
  ["45.6961", 45.6961],
  ["1 234,5", 1234.5],
  ["-12", -12],
  ["1e5", null],
  ["[ND]", null],
  ["", null],
  [Number.POSITIVE_INFINITY, null],
  [0, 0],
  [null, null],
])("toNumber %s → %s", (raw, expected) => {
  expect(toNumber(raw)).toBe(expected);
});

describe("readBodyText", () => {
  test("keeps characters cut across chunks", async () => {
    const bytes = new TextEncoder().encode("é€");
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await readBodyText(new Response(stream))).toBe("é€");
  });

  test("stops at the limit, announced or not", async () => {
    expect(await readBodyText(new Response("12345"), 5)).toBe("12345");
    expect(await readBodyText(new Response("123456"), 5)).toBeNull();
    const announced = new Response("12", { headers: { "content-length": "6" } });
    expect(await readBodyText(announced, 5)).toBeNull();
  });

  test("no body is empty text", async () => {
    expect(await readBodyText(new Response(null, { status: 204 }))).toBe("");
  });
});
