import { expect, test } from "vitest";
import ateliers from "../../../fixtures/providers/ratios-inpi/ateliers-durand.json" with { type: "json" };
import none from "../../../fixtures/providers/ratios-inpi/none.json" with { type: "json" };
import { answering, ask, recordOf, upstream } from "../provider-under-test.ts";

const lookUp = (body: unknown) => ask("ratios_inpi", upstream(answering(200, body)).http);

test("asks for every year of the company, latest first", async () => {
  const { http, requests } = upstream(answering(200, ateliers));
  await ask("ratios_inpi", http);
  const url = new URL(requests[0]?.url ?? "");
  expect(url.pathname).toBe("/api/explore/v2.1/catalog/datasets/ratios_inpi_bce/records");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    where: 'siren="912345675"',
    order_by: "date_cloture_exercice desc",
    limit: "100",
    offset: "0",
  });
});

test("no row is not found", async () => {
  expect(await lookUp(none)).toEqual({ kind: "not_found", credits: 0 });
});

test("each kind of accounts, with what is withheld as unknown", async () => {
  const record = recordOf(await lookUp(ateliers));
  expect(record.as_of).toBe("2024-12-31");
  const rows = record.exercices?.map((one) => ({
    annee: one.annee,
    comptes: one.comptes,
    ca: one.chiffre_affaires,
    resultat: one.resultat,
    ebe: one.excedent_brut_exploitation,
    confidentialite: one.confidentialite,
  }));
  expect(rows).toEqual([
    {
      annee: 2024,
      comptes: "sociaux",
      ca: 6_240_000,
      resultat: 412_000,
      ebe: 780_000,
      confidentialite: "publique",
    },
    {
      annee: 2024,
      comptes: "consolides",
      ca: 9_100_000,
      resultat: 500_000,
      ebe: null,
      confidentialite: "publique",
    },
    { annee: 2023, comptes: "sociaux", ca: null, resultat: 365_000, ebe: null, confidentialite: "partielle" },
    {
      annee: 2022,
      comptes: "sociaux",
      ca: null,
      resultat: null,
      ebe: null,
      confidentialite: "confidentielle",
    },
  ]);
});

test.each([
  { confidentiality: "Public", chiffre_d_affaires: 0, resultat_net: 0, expected: [0, 0, "publique"] },
  { confidentiality: null, chiffre_d_affaires: 0, resultat_net: 5, expected: [null, 5, null] },
  { confidentiality: "Secret", chiffre_d_affaires: "12", resultat_net: null, expected: [12, null, null] },
  {
    confidentiality: "partiellement confidentiel",
    chiffre_d_affaires: 0,
    resultat_net: 0,
    expected: [null, 0, "partielle"],
  },
])("$confidentiality $chiffre_d_affaires/$resultat_net", async ({ expected, ...row }) => {
  const answer = await lookUp({ total_count: 1, results: [{ ...row, date_cloture_exercice: "2024-06-30" }] });
  const [one] = recordOf(answer).exercices ?? [];
  expect([one?.chiffre_affaires, one?.resultat, one?.confidentialite]).toEqual(expected);
});

test("a row without a closing date is dropped", async () => {
  const answer = await lookUp({ total_count: 1, results: [{ chiffre_d_affaires: 3 }] });
  expect(recordOf(answer)).toMatchObject({ exercices: [], as_of: null });
});
