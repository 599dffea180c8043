import { expect, test } from "vitest";
import type { CompanyFacts, Dirigeant } from "../../../../src/domain/companies/company.ts";
import type { Assessment, Subject } from "../../../../src/domain/scoring/assessment.ts";
import { judgeAttractivite } from "../../../../src/domain/scoring/judge-attractivite.ts";
import { judgeEvenements } from "../../../../src/domain/scoring/judge-evenements.ts";
import { judgeSuccession } from "../../../../src/domain/scoring/judge-succession.ts";
import { MODEL_REGLES_2026_11 } from "../../../../src/domain/scoring/model-regles-2026-11.ts";
import { buildDirigeant, buildExercice, buildFacts } from "../../../support/build-facts.ts";

const old = buildDirigeant({ annee_naissance: 1955 });
const partner = buildDirigeant({ nom: "LEFÈVRE", annee_naissance: 1975, qualites: ["Directeur général"] });
const holding = buildDirigeant({ type: "personne_morale", nom: null, denomination: "HOLDING DURAND" });
const year = (annee: number, chiffre_affaires: number | null, resultat: number | null) =>
  buildExercice({ annee, chiffre_affaires, resultat });

function subject(overrides: Partial<CompanyFacts>): Subject {
  const at = Date.parse("2026-11-20T10:00:00.000Z");
  return { facts: buildFacts(overrides), sector: null, at, model: MODEL_REGLES_2026_11, sources: () => null };
}

function french({ items }: Assessment): string[] {
  return items.map(({ wording }) => wording.fr);
}

test.each<[string, Dirigeant[], string]>([
  ["alone", [old], "1 dirigeant, aucune relève du même nom"],
  ["beside a holding", [old, holding], "1 dirigeant personne physique, aucune relève du même nom"],
  [
    "two beside a holding",
    [old, partner, holding],
    "2 dirigeants personnes physiques, aucune relève du même nom",
  ],
  [
    "beside an audit firm",
    [old, { ...holding, qualites: ["Commissaire aux comptes titulaire"] }],
    "1 dirigeant, aucune relève du même nom",
  ],
])("counted as people, %s", (_, dirigeants, expected) => {
  expect(judgeSuccession(subject({ dirigeants })).items[2]?.wording.fr).toBe(expected);
});

test("each figure says its year, however old the accounts are and whatever year is missing", () => {
  const details_financiers = [
    { ...year(2024, null, 9), capitaux_propres: -1 },
    year(2022, 1026, 113),
    year(2021, 1000, 90),
  ];
  const block = judgeAttractivite(subject({ details_financiers }));
  expect(french(block)).toEqual([
    "marge nette 11 % en 2022 (seuil du modèle : 3 %)",
    "croissance 2,6 % de 2021 à 2022 (seuil du modèle : 2 %)",
    "2 exercices bénéficiaires sur 2 (2022, 2024)",
    "capitaux propres négatifs ou nuls en 2024",
  ]);
  const older = judgeAttractivite(subject({ details_financiers: details_financiers.slice(1) }));
  expect(older.items[2]?.wording).toEqual({
    fr: "2 exercices bénéficiaires sur 2 (2021–2022)",
    en: "2 of 2 years profitable (2021–2022)",
  });
});

test("growth is not read across a missing year, but from the latest two years in a row", () => {
  const details_financiers = [year(2025, 3000, null), year(2023, 1100, null), year(2022, 1000, null)];
  expect(judgeAttractivite(subject({ details_financiers })).items[1]?.wording).toEqual({
    fr: "croissance 10 % de 2022 à 2023 (seuil du modèle : 2 %)",
    en: "growth 10% from 2022 to 2023 (model threshold: 2%)",
  });
});

test("an ongoing procedure is said without notices too; a closed one is not", () => {
  const procedure_collective = { type: "autre" as const, date_debut: null, en_cours: true };
  const open = judgeEvenements(subject({ evenements: [], procedure_collective }));
  expect(open.items.every(({ known }) => known === 0)).toBe(true);
  expect(french(open)).toEqual([
    "annonces légales inconnues",
    "procédure collective en cours, non comptée : voir procedure_collective",
  ]);
  const over = { ...procedure_collective, en_cours: false };
  expect(judgeEvenements(subject({ procedure_collective: over })).items).toHaveLength(5);
});
