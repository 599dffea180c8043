import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSiren, passesLuhn } from "../../../../src/domain/companies/siren.ts";
import { parseSiret } from "../../../../src/domain/companies/siret.ts";

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));

function withCheckDigit(base: string): string {
  return (
    base +
    (Array.from({ length: 10 }, (_, digit) => String(digit)).find((one) => passesLuhn(base + one)) ?? "")
  );
}

const validSiren = digits(8)
  .filter((base) => base !== "00000000")
  .map(withCheckDigit);

describe("SIREN", () => {
  test.each(["356000000", "880878145", "552032534", "005520135", "912345675"])("%s is valid", (siren) => {
    expect(parseSiren(siren)).toEqual({ ok: true, siren });
  });

  test.each([
    ["letters", "55203253A", "characters"],
    ["nothing", "   ", "characters"],
    ["eight digits, a leading zero lost", "55201350", "length"],
    ["ten digits", "5520325340", "length"],
    ["a wrong check digit", "552032535", "checksum"],
    ["nine zeros, which pass Luhn", "000000000", "zero"],
    ["a minus sign only", "-", "characters"],
    ["full-width digits", "５５２０３２５３４", "characters"],
  ])("%s is refused", (_, input, fault) => {
    expect(parseSiren(input)).toEqual({ ok: false, fault });
  });

  test("separators that people paste do not matter", () => {
    const separator = fc.constantFrom(" ", "\u00A0", "\u202F", ".", "-", "\t", "");
    fc.assert(
      fc.property(validSiren, fc.array(separator, { minLength: 8, maxLength: 8 }), (siren, between) => {
        const written = siren
          .split("")
          .map((digit, index) => digit + (between[index] ?? ""))
          .join("");
        expect(parseSiren(written)).toEqual({ ok: true, siren });
      }),
    );
  });

  test("any one digit changed is caught", () => {
    fc.assert(
      fc.property(validSiren, fc.nat(8), fc.integer({ min: 1, max: 9 }), (siren, at, shift) => {
        const changed = (Number(siren[at]) + shift) % 10;
        expect(parseSiren(siren.slice(0, at) + changed + siren.slice(at + 1)).ok).toBe(false);
      }),
    );
  });

  test("any text is answered, never thrown at, and what is accepted is 9 digits", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const parsed = parseSiren(text);
        expect(parsed.ok ? parsed.siren : "refused").toMatch(/^(\d{9}|refused)$/);
      }),
    );
  });
});

describe("SIRET", () => {
  test.each([
    ["an ordinary one", "88087814500015", true],
    ["La Poste's head office", "35600000000048", true],
    ["another of La Poste: digit sum a multiple of 5, not Luhn", "35600000049837", true],
    ["La Poste with a wrong sum", "35600000049838", false],
    ["a wrong check digit on a valid SIREN", "88087814500016", false],
  ])("%s: its SIREN is read, its check digit is only reported", (_, siret, checksum) => {
    expect(parseSiret(siret)).toEqual({ ok: true, siret, siren: siret.slice(0, 9), checksum });
  });

  test.each([
    ["11 digits", "88087814554", "length"],
    ["a SIREN part with a wrong check digit", "88087814600015", "checksum"],
    ["zeros", "00000000000000", "zero"],
    ["letters", "8808781450001X", "characters"],
  ])("%s is refused", (_, input, fault) => {
    expect(parseSiret(input)).toEqual({ ok: false, fault });
  });

  test("a SIRET is accepted exactly when its first nine digits are a SIREN", () => {
    fc.assert(
      fc.property(digits(14), (siret) => {
        expect(parseSiret(siret).ok).toBe(parseSiren(siret.slice(0, 9)).ok);
      }),
    );
  });
});
