import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { qrPng, qrSvg } from "../../../src/auth/qr-code.ts";
import { generateTotpSecret, totpUri } from "../../../src/auth/totp.ts";
import { readQr } from "./qr-reader.ts";

const MARGIN = 4;

/** The dark and light squares inside the margin, which must be light. */
function withoutMargin(all: boolean[][]): boolean[][] {
  const inside = (at: number): boolean => at >= MARGIN && at < all.length - MARGIN;
  all.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (!inside(x) || !inside(y)) expect(dark).toBe(false);
    }),
  );
  return all.slice(MARGIN, -MARGIN).map((row) => row.slice(MARGIN, -MARGIN));
}

function modulesOfSvg(svg: string): boolean[][] {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]) / 10;
  const all = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y] of svg.matchAll(/M(\d+),(\d+)h10v10h-10z/g)) {
    const row = all[Number(y) / 10];
    if (row !== undefined) row[Number(x) / 10] = true;
  }
  return withoutMargin(all);
}

/** Every pixel of a module has its colour: checked for all, read from the first. */
function modulesOfPng(address: string): boolean[][] {
  const base64 = /^data:image\/png;base64,([A-Za-z0-9+/]+=*)$/.exec(address)?.[1] ?? "";
  const { width, height, depth, data } = decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  expect([depth, width]).toEqual([1, height]);
  const rowBytes = Math.ceil(width / 8);
  const dark = (x: number, y: number): boolean =>
    ((data[y * rowBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0;
  const size = width / 6;
  const all = Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => dark(x * 6, y * 6)),
  );
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (dark(x, y) !== all[Math.floor(y / 6)]?.[Math.floor(x / 6)]) throw new Error(`pixel ${x},${y}`);
    }
  }
  return withoutMargin(all);
}

describe.each([
  "a@b.fr",
  "jean-baptiste.de-la-tour@cabinet-exemple.fr",
  `${"x".repeat(60)}@${"y".repeat(20)}.fr`,
])("the QR code of %s", (account) => {
  const uri = totpUri(generateTotpSecret(), account);

  test("reads as the address, from the SVG", () => {
    expect(readQr(modulesOfSvg(qrSvg(uri)))).toBe(uri);
  });

  test("reads as the address, from the PNG", () => {
    expect(readQr(modulesOfPng(qrPng(uri)))).toBe(uri);
  });
});

test("an address of the longest e-mail still fits", () => {
  const uri = totpUri(generateTotpSecret(), `${"é".repeat(64)}@${"x".repeat(180)}.fr`);
  expect(modulesOfPng(qrPng(uri))).toEqual(modulesOfSvg(qrSvg(uri)));
});
