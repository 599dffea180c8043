import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CommonPasswords } from "../../../../src/auth/common-passwords.ts";
import { passwordFault, passwordShapeFault } from "../../../../src/domain/accounts/password-rule.ts";

const common = new CommonPasswords();
const NAMES = ["marie.petit@atelier-durand.fr", "Durand & Associés"];
const faultOf = (password: string): string | null => passwordFault(common, password, NAMES);

describe("any password that is long enough and hard to guess is taken", () => {
  test.each([
    ["words", "phare agrafe lundi biscuit"],
    ["12 characters", "xK4vq9Tz1mWb"],
    ["lower case only", "zvrkqtmplwhd"],
    [
      "200 characters",
      "une phrase assez longue pour occuper deux cents caractères ".repeat(4).slice(0, 200) + "fin",
    ],
    ["emoji", "👩‍🚀🚀🌕🪐👽🛸☄️🌌🔭🌍🌒⭐🌞"],
    [
      "1,024 bytes",
      Array.from({ length: 64 }, (_, index) => `mot numéro ${index * 7919} `)
        .join("")
        .slice(0, 1_000),
    ],
    ["another alphabet", "Долгая фраза без смысла"],
    ["spaces at both ends", "  phare agrafe lundi  "],
    ["a name that is part of a word of chance", "marabout ficelle cheval"],
  ])("%s", (_, password) => {
    expect(faultOf(password)).toBeNull();
  });
});

describe("one that is guessed first is refused with its reason", () => {
  test.each([
    ["password1234", "password.common"],
    ["PassWord1234", "password.common"],
    ["!!!password!!!", "password.common"],
    ["motdepasse2026", "password.common"],
    ["123456789012", "password.common"],
    ["azertyuiopazertyuiop", "password.common"],
    ["azertyuiopazertyuiop2026", "password.common"],
    ["passwordpassword!", "password.common"],
    ["passwordpasswordpass", "password.common"],
    ["aaaaaaaaaaaaaaaa", "password.repeated"],
    ["121212121212121", "password.repeated"],
    ["marie.petit.2026", "password.name"],
    ["xx-MARIEPETIT-xx", "password.name"],
    ["durand-associes!", "password.name"],
    ["Durand & Associés 1", "password.name"],
    ["court", "password.too_short"],
    ["éééééééé123", "password.too_short"],
    ["👩‍🚀👩‍🚀👩‍🚀", "password.too_short"],
    ["phare agrafe \ud800 lundi", "password.malformed"],
  ])("%s: %s", (password, fault) => {
    expect(faultOf(password)).toBe(fault);
  });
});

test("length counts characters, not bytes or halves of characters", () => {
  expect(passwordShapeFault("🚀".repeat(11))).toBe("password.too_short");
  expect(passwordShapeFault("🚀".repeat(12))).toBeNull();
  expect(passwordShapeFault("e\u0301".repeat(11))).toBe("password.too_short");
});

test("1,024 bytes are taken and 4,096 are the end", () => {
  expect(passwordShapeFault("é".repeat(512))).toBeNull();
  expect(passwordShapeFault("é".repeat(2_048))).toBeNull();
  expect(passwordShapeFault(`${"é".repeat(2_048)}x`)).toBe("password.too_long");
});

test("names of three letters and fewer are no reason", () => {
  expect(passwordFault(common, "eve phare agrafe lundi", ["eve@x.fr", "EDF"])).toBeNull();
});

test("whatever is typed, a decision is made, and never a shorter password preferred", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (password) => {
      const fault = faultOf(password);
      const shape = passwordShapeFault(password);
      expect(shape === null || fault === shape).toBe(true);
    }),
  );
});
