import { expect, test } from "vitest";
import type { CompanyFacts } from "../../../../src/domain/companies/company.ts";
import { scoreCompany } from "../../../../src/domain/scoring/score-company.ts";
import { buildFacts } from "../../../support/build-facts.ts";

const AT = "2026-11-20T10:00:00.000Z";
const form = (code: string) => ({ forme_juridique: { code, libelle: null } });
const liquidation = (en_cours: boolean) => ({
  procedure_collective: { type: "liquidation_judiciaire" as const, date_debut: "2026-01-05", en_cours },
});

function scoreOf(overrides: Partial<CompanyFacts>) {
  return scoreCompany({ facts: buildFacts(overrides), sector: null, at: AT });
}

test.each<[string, Partial<CompanyFacts>, string]>([
  ["struck off", { statut: "cessee" }, "cessee"],
  ["closed, status unknown", { statut: null, date_fermeture: "2025-01-31" }, "cessee"],
  ["in liquidation", liquidation(true), "liquidation_judiciaire"],
  ["industrial public body", form("4110"), "organisme_public"],
  ["municipality", form("7210"), "organisme_public"],
  ["SCI", form("6540"), "sci"],
  ["SCI building to sell", form("6541"), "sci"],
  ["civil company letting homes", { ...form("6599"), code_naf: "68.20A" }, "sci"],
  ["civil company letting premises", { ...form("6599"), code_naf: "68.20B" }, "sci"],
  ["struck off comes first", { ...form("6540"), statut: "cessee" }, "cessee"],
])("%s: no score, and a reason", (_, overrides, ineligible_reason) => {
  expect(scoreOf(overrides)).toEqual({
    ma_score: null,
    eligible: false,
    ineligible_reason,
    confidence: 0,
    coverage: 0,
    model: "regles-2026-11",
    contributions: [],
    computed_at: AT,
  });
});

test.each<[string, Partial<CompanyFacts>]>([
  ["closing later, status unknown", { statut: null, date_fermeture: "2027-01-31" }],
  ["status unknown", { statut: null }],
  ["liquidation over", liquidation(false)],
  ["civil company of another trade", { ...form("6599"), code_naf: "86.21Z" }],
  ["SAS letting premises", { ...form("5710"), code_naf: "68.20B" }],
  ["sole trader", form("1000")],
  ["form unknown", { forme_juridique: null }],
])("%s: scored", (_, overrides) => {
  expect(scoreOf(overrides)).toMatchObject({
    eligible: true,
    ineligible_reason: null,
    ma_score: expect.any(Number),
  });
});
