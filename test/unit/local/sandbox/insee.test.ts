import { describe, expect, test } from "vitest";
import { EXAMPLE_SIRENS } from "../../../../local/sandbox/example-sirens.ts";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { SandboxClient, sirensFrom, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());
const BASE = "/insee/api-sirene/3.11";

async function unit(siren: string, query = ""): Promise<Json> {
  return ((await (await client.insee(`/siren/${siren}${query}`)).json()) as Json).uniteLegale;
}

test("a key is needed, and `bad-key` is none", async () => {
  expect((await client.get(`${BASE}/siren/912345675`)).status).toBe(401);
  const bad = await client.get(`${BASE}/siren/912345675`, { "X-INSEE-Api-Key-Integration": "bad-key" });
  expect(bad.status).toBe(401);
  expect((await client.get(`${BASE}/siren/912345675`, { Authorization: "Bearer x" })).status).toBe(401);
});

test("an unknown SIREN is a 404 with its message", async () => {
  const response = await client.insee("/siren/000000000");
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    header: { statut: 404, message: "Aucun élément trouvé pour le siren 000000000" },
  });
  expect((await client.insee("/siren/12")).status).toBe(400);
});

describe("periods", () => {
  test("newest first, without gap, one current", async () => {
    for (const siren of sirensFrom(33_000_000, 300)) {
      const { periodesUniteLegale, nombrePeriodesUniteLegale } = await unit(siren);
      expect(periodesUniteLegale).toHaveLength(nombrePeriodesUniteLegale);
      expect(periodesUniteLegale[0].dateFin).toBeNull();
      for (const [index, period] of periodesUniteLegale.entries()) {
        if (index === 0) continue;
        const gap = Date.parse(periodesUniteLegale[index - 1].dateDebut) - Date.parse(period.dateFin);
        expect(gap).toBe(86_400_000);
      }
      const older = periodesUniteLegale.find(
        (one: Json) => one.nomenclatureActivitePrincipaleUniteLegale !== "NAFRev2",
      );
      expect(older === undefined || older.dateFin < "2008-01-01").toBe(true);
    }
  });

  test("a struck off company ends in a closed period", async () => {
    const { periodesUniteLegale } = await unit(EXAMPLE_SIRENS.struck_off);
    expect(periodesUniteLegale[0]).toMatchObject({
      etatAdministratifUniteLegale: "C",
      changementEtatAdministratifUniteLegale: true,
      caractereEmployeurUniteLegale: "N",
    });
    expect(periodesUniteLegale[1].etatAdministratifUniteLegale).toBe("A");
  });

  test("`date` keeps the period of that day", async () => {
    const { periodesUniteLegale } = await unit("912345675", "?date=2005-06-01");
    expect(periodesUniteLegale).toHaveLength(1);
    expect(periodesUniteLegale[0]).toMatchObject({ dateDebut: "2003-01-01", dateFin: "2007-12-31" });
  });
});

test("no staff is null here", async () => {
  const siren = "842157968";
  expect((await unit(siren)).trancheEffectifsUniteLegale).toBeNull();
  expect((await client.found(siren)).tranche_effectif_salarie).toBe("NN");
});

test("a sole trader has a person's name and no company name", async () => {
  const trader = await unit(EXAMPLE_SIRENS.sole_trader);
  expect(trader.prenom1UniteLegale).toMatch(/^[A-Z-]+$/);
  expect(trader.periodesUniteLegale[0]).toMatchObject({
    denominationUniteLegale: null,
    nomUniteLegale: expect.stringMatching(/^[A-Z ]+ \(FICTIF\)$/),
    categorieJuridiqueUniteLegale: "1000",
  });
});

test("establishments by SIRET, flat unit inside", async () => {
  const body: Json = await (await client.insee("/siret/91234567500025")).json();
  expect(body.etablissement).toMatchObject({
    nic: "00025",
    etablissementSiege: false,
    adresseEtablissement: { codeCommuneEtablissement: "69290", libelleVoieEtablissement: "DES ARTISANS" },
    uniteLegale: { denominationUniteLegale: "ATELIERS DURAND", etatAdministratifUniteLegale: "A" },
  });
  expect(body.etablissement.periodesEtablissement[0].etatAdministratifEtablissement).toBe("F");
  expect((await client.insee("/siret/91234567599999")).status).toBe(404);
  expect((await client.insee("/siret/9123")).status).toBe(400);
});

test("lists by `siren:` terms", async () => {
  const units: Json = await (await client.insee("/siren?q=siren:912345675 OR siren:842157968")).json();
  expect(units.header).toMatchObject({ total: 2, debut: 0, nombre: 2 });
  const places: Json = await (await client.insee("/siret?q=siren:912345675&nombre=1")).json();
  expect(places.etablissements).toHaveLength(1);
  expect(places.header.total).toBe(2);
  expect((await client.insee("/siren?q=siren:000000000")).status).toBe(404);
  expect((await client.insee("/siret?q=siren:912345675&nombre=2000")).status).toBe(400);
  expect((await client.insee("/informations")).status).toBe(200);
  expect((await client.insee("/nope")).status).toBe(404);
});
