import { expect, test } from "vitest";
import type { CompanyFacts, Evenement } from "../../../../src/domain/companies/company.ts";
import { isChangeToConfidential } from "../../../../src/domain/scoring/confidential-accounts.ts";
import { judgeEvenements } from "../../../../src/domain/scoring/judge-evenements.ts";
import { MODEL_REGLES_2026_11 } from "../../../../src/domain/scoring/model-regles-2026-11.ts";
import { buildEvenement, buildExercice, buildFacts } from "../../../support/build-facts.ts";

type Confidentialite = CompanyFacts["details_financiers"][number]["confidentialite"];

const NOTICE = buildEvenement({ type: "comptes_confidentiels", date: "2026-07-01" });
const accounts = (annee: number, confidentialite: Confidentialite) =>
  buildExercice({ annee, confidentialite });

function filed(date: string, reference: string | null = null): Evenement {
  return buildEvenement({ type: "depot_comptes", date, reference });
}

/** As the bulletin tells it: a filing, and on the same notice that it is withheld. */
function withheld(date: string, reference: string | null = null): Evenement[] {
  return [buildEvenement({ type: "comptes_confidentiels", date, reference }), filed(date, reference)];
}

function factsOf(evenements: Evenement[], details_financiers: CompanyFacts["details_financiers"] = []) {
  return buildFacts({ evenements, details_financiers });
}

test.each<[string, Evenement[], boolean | null]>([
  ["a public filing before", [filed("2025-07-01")], true],
  ["public before, its own filing beside it", [filed("2026-07-01"), filed("2025-07-01")], true],
  ["withheld every year", [...withheld("2025-07-01"), ...withheld("2024-07-01")], false],
  ["withheld since a public year", [...withheld("2025-07-01"), filed("2024-07-01")], false],
  ["public again in between", [filed("2025-07-01"), ...withheld("2024-07-01")], true],
  ["another filing on the day of a withheld one", [filed("2025-07-01"), ...withheld("2025-07-01")], false],
  [
    "a withheld filing told twice, days apart",
    [filed("2025-07-03", "A1"), ...withheld("2025-07-01", "A1")],
    false,
  ],
  ["a public filing after", [filed("2026-09-01")], null],
  ["its own filing alone", [filed("2026-07-01")], null],
])("notices: %s", (_, others, expected) => {
  expect(isChangeToConfidential(factsOf([NOTICE, ...others]), NOTICE)).toBe(expected);
});

test.each<[string, CompanyFacts["details_financiers"], boolean | null]>([
  ["public the year before", [accounts(2024, "publique")], true],
  ["public two years before, nothing known since", [accounts(2023, "publique")], true],
  ["closing date unknown", [{ ...accounts(2024, "publique"), cloture: null }], true],
  ["the accounts the notice is about", [accounts(2025, "publique")], null],
  ["partly withheld", [accounts(2024, "partielle")], null],
  ["withheld", [accounts(2024, "confidentielle")], null],
  ["not stated", [accounts(2024, null)], null],
])("accounts: %s", (_, exercices, expected) => {
  expect(isChangeToConfidential(factsOf([NOTICE], exercices), NOTICE)).toBe(expected);
});

test("a withheld notice since the public accounts makes it no change", () => {
  const facts = factsOf([NOTICE, ...withheld("2025-07-01")], [accounts(2023, "publique")]);
  expect(isChangeToConfidential(facts, NOTICE)).toBe(false);
});

function judge(evenements: Evenement[], procedure_collective: CompanyFacts["procedure_collective"] = null) {
  const facts = { ...factsOf(evenements), procedure_collective };
  const at = Date.parse("2026-11-20T10:00:00.000Z");
  return judgeEvenements({ facts, sector: null, at, model: MODEL_REGLES_2026_11, sources: () => null });
}

test("a change earns points, from the day of the change even if the next notices repeat it", () => {
  const block = judge([...withheld("2026-07-01"), ...withheld("2025-07-01"), filed("2024-07-01")]);
  expect(block.value).toBe(1);
  expect(block.items[4]?.points).toBeCloseTo(2 * 0.5 ** (16.66 / 12), 2);
  expect(block.items[4]?.wording.fr).toBe("comptes devenus confidentiels le 2025-07-01");
});

test("confidential every year earns nothing, and nothing is unknown about it", () => {
  const block = judge(["2026", "2025", "2024", "2023"].flatMap((year) => withheld(`${year}-07-01`)));
  expect(block.value).toBe(0);
  expect(block.items[4]).toMatchObject({ points: 0, known: 2 });
});

test("without an earlier filing it is unknown: neither points nor maximum, and the sentence says so", () => {
  const block = judge(withheld("2026-07-01"));
  expect(block.value).toBe(0);
  expect(block.items[4]).toMatchObject({
    points: 0,
    known: 0,
    wording: {
      fr: "comptes confidentiels sans dépôt antérieur connu, non comptés",
      en: "confidential accounts with no earlier filing known, not counted",
    },
  });
});

test("a change since the opening of a running procedure is known, and earns nothing", () => {
  const procedure = { type: "sauvegarde" as const, date_debut: "2026-01-10", en_cours: true };
  const block = judge([...withheld("2026-07-01"), filed("2025-07-01")], procedure);
  expect(block.items[4]).toMatchObject({ points: 0, known: 2 });
});
