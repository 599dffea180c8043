import { describe, expect, test } from "vitest";
import {
  formeJuridiqueLabel,
  isIndividual,
  isPublicBody,
  isSci,
} from "../../../../src/domain/companies/forme-juridique.ts";
import { trancheEffectif, TRANCHES_EFFECTIF } from "../../../../src/domain/companies/tranche-effectif.ts";
import { vatNumberOfSiren } from "../../../../src/domain/companies/tva.ts";

test.each([
  ["552081317", "FR03552081317"],
  ["443061841", "FR64443061841"],
  ["404833048", "FR83404833048"],
  ["356000000", "FR39356000000"],
  ["130025265", "FR07130025265"],
  ["912345675", "FR65912345675"],
  ["842157968", "FR82842157968"],
])("VAT number of %s", (siren, expected) => {
  expect(vatNumberOfSiren(siren)).toBe(expected);
});

describe("trancheEffectif", () => {
  test.each([
    ["NN", 0, 0],
    ["00", 0, 0],
    ["01", 1, 2],
    ["12", 20, 49],
    ["31", 200, 249],
    ["53", 10_000, null],
  ])("%s", (code, min, max) => {
    expect(trancheEffectif(code, 2023)).toEqual({ code, min, max, annee: 2023 });
  });

  test.each(["13", "1", "", null])("%s is none", (code) => {
    expect(trancheEffectif(code, 2023)).toBeNull();
  });

  test("bands follow each other without a hole", () => {
    const bands = [...TRANCHES_EFFECTIF].filter(([code]) => code !== "NN").map(([, band]) => band);
    for (const [index, band] of bands.slice(1).entries())
      expect(band.min).toBe((bands[index]?.max ?? -1) + 1);
  });
});

describe("forme juridique", () => {
  test.each([
    { code: "5710", label: "SAS", group: [] },
    { code: "5499", label: "SARL", group: [] },
    { code: "6540", label: "SCI", group: ["sci"] },
    { code: "7210", label: "Commune", group: ["public"] },
    { code: "4150", label: "Régie locale industrielle et commerciale", group: ["public"] },
    { code: "1000", label: "Entrepreneur individuel", group: ["individual"] },
    { code: "5720", label: null, group: [] },
  ])("$code", ({ code, label, group }) => {
    expect(formeJuridiqueLabel(code)).toBe(label);
    const groups = { sci: isSci(code), public: isPublicBody(code), individual: isIndividual(code) };
    const held = Object.entries(groups).filter(([, isIn]) => isIn);
    expect(held.map(([name]) => name)).toEqual(group);
  });
});
