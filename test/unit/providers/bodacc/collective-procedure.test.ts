import { expect, test } from "vitest";
import { answering, ask, recordOf, upstream } from "../provider-under-test.ts";
import { notice } from "./notice.ts";

const OPENING = ["2020-03-01", "Jugement d'ouverture d'une procédure de redressement judiciaire"] as const;
const SAFEGUARD = ["2019-02-01", "Jugement d'ouverture d'une procédure de sauvegarde"] as const;
const CONVERSION = [
  "2021-01-05",
  "Jugement de conversion en liquidation judiciaire de la procédure de redressement judiciaire",
] as const;
const PLAN = ["2020-12-01", "Jugement arrêtant le plan de redressement"] as const;
const SALE_PLAN = ["2020-12-01", "Jugement arrêtant le plan de cession"] as const;
const PLAN_FAILED = [
  "2021-09-01",
  "Jugement prononçant la résolution du plan de redressement et la liquidation judiciaire",
] as const;
const CLOSING = ["2022-06-01", "Jugement de clôture pour insuffisance d'actif"] as const;
const PLAN_DONE = ["2022-06-01", "Jugement constatant l'exécution du plan"] as const;
const CLAIMS = ["2022-09-01", "Dépôt de l'état des créances"] as const;
const SANCTION = ["2023-01-01", "Jugement prononçant l'interdiction de gérer"] as const;
const AGAIN = ["2024-05-01", "Jugement d'ouverture de liquidation judiciaire"] as const;
const COMMISSIONER = ["2021-02-01", "Remplacement du commissaire à l'exécution du plan"] as const;

type Judgment = readonly [date: string, nature: string];
const CASES: {
  name: string;
  judgments: Judgment[];
  expected: readonly [string, string | null, boolean] | null;
}[] = [
  { name: "none", judgments: [], expected: null },
  { name: "opened", judgments: [OPENING], expected: ["redressement_judiciaire", "2020-03-01", true] },
  { name: "safeguard", judgments: [SAFEGUARD], expected: ["sauvegarde", "2019-02-01", true] },
  {
    name: "converted",
    judgments: [OPENING, CONVERSION],
    expected: ["liquidation_judiciaire", "2020-03-01", true],
  },
  { name: "plan", judgments: [OPENING, PLAN], expected: ["redressement_judiciaire", "2020-03-01", false] },
  {
    name: "plan, new commissioner",
    judgments: [OPENING, PLAN, COMMISSIONER],
    expected: ["redressement_judiciaire", "2020-03-01", false],
  },
  {
    name: "plan of sale",
    judgments: [OPENING, SALE_PLAN],
    expected: ["redressement_judiciaire", "2020-03-01", true],
  },
  {
    name: "plan failed",
    judgments: [OPENING, PLAN, PLAN_FAILED],
    expected: ["liquidation_judiciaire", "2021-09-01", true],
  },
  {
    name: "plan carried out",
    judgments: [OPENING, PLAN, PLAN_DONE],
    expected: ["redressement_judiciaire", "2020-03-01", false],
  },
  {
    name: "closed",
    judgments: [OPENING, CONVERSION, CLOSING],
    expected: ["liquidation_judiciaire", "2020-03-01", false],
  },
  {
    name: "act after closing",
    judgments: [OPENING, CLOSING, CLAIMS],
    expected: ["redressement_judiciaire", "2020-03-01", false],
  },
  {
    name: "sanction after closing",
    judgments: [OPENING, CLOSING, SANCTION],
    expected: ["redressement_judiciaire", "2020-03-01", false],
  },
  {
    name: "opened again",
    judgments: [OPENING, CLOSING, AGAIN],
    expected: ["liquidation_judiciaire", "2024-05-01", true],
  },
  { name: "only an act of an older one", judgments: [CLAIMS], expected: ["autre", "2022-09-01", true] },
  { name: "only the closing is known", judgments: [CLOSING], expected: ["autre", null, false] },
];

async function procedureOf(notices: unknown[]) {
  const body = { total_count: 1, results: [notice({ id: "C1", familleavis: "dpc" }), ...notices] };
  return recordOf(await ask("bodacc", upstream(answering(200, body)).http)).procedure_collective;
}

test.each(CASES)("$name", async ({ judgments, expected }) => {
  const notices = judgments.map(([date, nature], index) =>
    notice({
      id: `A${index}`,
      numeroannonce: index,
      familleavis: "collective",
      dateparution: date,
      jugement: { nature, date },
    }),
  );
  const procedure = await procedureOf(notices.toReversed());
  const found = procedure ? [procedure.type, procedure.date_debut, procedure.en_cours] : null;
  expect(found).toEqual(expected);
});

test.each([
  ["18 juin 2025", "2025-06-18"],
  ["2025-06-18", "2025-06-18"],
  ["le 1er août 2025", "2025-08-01"],
  ["sans date", "2025-06-25"],
])("judgment dated %s", async (date, expected) => {
  const jugement = JSON.stringify({ nature: "Jugement d'ouverture de sauvegarde", date });
  expect((await procedureOf([notice({ familleavis: "collective", jugement })]))?.date_debut).toBe(expected);
});

test("the nature may be silent and the complement tell the type", async () => {
  const jugement = {
    famille: "Jugement prononçant",
    complementJugement:
      "Jugement prononçant la résolution du plan de redressement et la liquidation judiciaire.",
  };
  expect((await procedureOf([notice({ familleavis: "collective", jugement })]))?.type).toBe(
    "liquidation_judiciaire",
  );
});
