import { describe, expect, test } from "vitest";
import { EXAMPLE_SIRENS } from "../../../../local/sandbox/example-sirens.ts";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { SandboxClient, parsed, sirensFrom, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());

async function notices(siren: string): Promise<Json[]> {
  const answer: Json = await (await client.bodacc(siren)).json();
  return answer.results;
}

async function rows(siren: string): Promise<Json[]> {
  const answer: Json = await (await client.ratios(siren)).json();
  return answer.results;
}

async function query(parameters: Record<string, string>): Promise<Json> {
  return (await client.records("bodacc", parameters)).json();
}

describe("queries", () => {
  test.each([
    [{ limit: "101" }, "limit"],
    [{ limit: "-2" }, "limit"],
    [{ limit: "x" }, "limit"],
    [{ offset: "9950", limit: "100" }, "offset"],
    [{ where: "registre ~ 3" }, "ODSQL"],
    [{ where: "registre IN (foo)" }, "ODSQL"],
  ])("%j is a 400 that says why", async (parameters, word) => {
    const response = await client.records("bodacc", parameters);
    expect(response.status).toBe(400);
    const body: Json = await response.json();
    expect(body.error_code).toBeTypeOf("string");
    expect(body.message).toContain(word);
  });

  test("the ways of naming a company agree", async () => {
    const expected = (await notices("912345675")).map((one) => one.id);
    for (const where of [
      'registre = "912345675"',
      "registre='912 345 675'",
      'registre LIKE "912345675"',
      'registre IN ("912345675","999999999")',
      "registre=\"912345675\" AND dateparution >= date'2000-01-01'",
    ]) {
      const body = await query({ where, order_by: "dateparution desc" });
      expect(body.results.map((one: Json) => one.id)).toEqual(expected);
    }
  });

  test("several companies at once, page by page, in order", async () => {
    const list = sirensFrom(48_000_000, 40).map((siren) => `"${siren}"`);
    const where = `registre IN (${list.join(",")})`;
    const first = await query({ where, order_by: "dateparution desc", limit: "100" });
    expect(first.total_count).toBeGreaterThan(100);
    const second = await query({ where, order_by: "dateparution desc", limit: "100", offset: "100" });
    const dates: string[] = [...first.results, ...second.results].map((one: Json) => one.dateparution);
    expect(dates.every((date, index) => index === 0 || date <= (dates[index - 1] ?? ""))).toBe(true);
    const ids = [...first.results, ...second.results].map((one: Json) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("other fields, negation, selection, and the whole directory", async () => {
    const sales = await query({ where: 'familleavis="vente" AND numerodepartement="69"', limit: "100" });
    for (const one of sales.results)
      expect(one).toMatchObject({ familleavis: "vente", numerodepartement: "69" });
    const recent = await query({ where: "dateparution>=date'2026-11-01'", select: "id, dateparution" });
    expect(recent.total_count).toBeGreaterThan(0);
    expect(Object.keys(recent.results[0])).toEqual(["id", "dateparution"]);
    const rest = await query({ where: 'registre="912345675" AND NOT familleavis="dpc"' });
    expect(rest.results.map((one: Json) => one.familleavis)).toEqual(["collective"]);
    expect((await query({ where: 'registre="912345675" and familleavis != "dpc"' })).total_count).toBe(1);
  });

  test("an unknown data set is a 404, an unknown company has no record", async () => {
    const unknown = await client.get("/bodacc/api/explore/v2.1/catalog/datasets/nope/records");
    expect(unknown.status).toBe(404);
    expect((await client.get("/bodacc/api/explore/v2.1/nope")).status).toBe(404);
    expect(await (await client.bodacc("000000000")).json()).toEqual({ total_count: 0, results: [] });
  });
});

describe("notices", () => {
  test("sub-objects are JSON in strings, or already parsed for a few", async () => {
    for (const one of await notices("912345675")) {
      for (const key of ["jugement", "depot", "listepersonnes"]) {
        expect(one[key] === null || typeof one[key] === "string").toBe(true);
      }
    }
    const objects = await notices(EXAMPLE_SIRENS.bodacc_parsed_objects);
    expect(objects.some((one) => one.listepersonnes !== null && typeof one.listepersonnes === "object")).toBe(
      true,
    );
  });

  test("`personne` is an object, or an array", async () => {
    const inArray = (await notices(EXAMPLE_SIRENS.bodacc_person_array)).find((one) => one.listepersonnes);
    expect(Array.isArray(parsed(inArray.listepersonnes).personne)).toBe(true);
    const plain = (await notices("912345675")).find((one) => one.listepersonnes);
    expect(parsed(plain.listepersonnes).personne.denomination).toBe("ATELIERS DURAND");
  });

  test.each([
    ["rectificatif", EXAMPLE_SIRENS.bodacc_rectified],
    ["annulation", EXAMPLE_SIRENS.bodacc_cancelled],
  ])("a notice of type %s names the one it is about", async (type, siren) => {
    const all = await notices(siren);
    const amending = all.find((one) => one.typeavis === type);
    const { numeroParution, numeroAnnonce, dateParution } = parsed(amending.parutionavisprecedent);
    const about = all.find(
      (one) => one.parution === numeroParution && String(one.numeroannonce) === numeroAnnonce,
    );
    expect(about).toMatchObject({ typeavis: "annonce", dateparution: dateParution });
    expect(amending.dateparution > about.dateparution).toBe(true);
  });

  test("a sale states its price in words", async () => {
    const sale = (await notices(EXAMPLE_SIRENS.business_sale_with_price)).find(
      (one) => one.familleavis === "vente",
    );
    expect(parsed(sale.listeetablissements).etablissement.origineFonds).toMatch(/au prix stipulé de \d+ EUR/);
  });

  test("judgment dates are ISO, or in French words", async () => {
    const judgment = (await notices(EXAMPLE_SIRENS.bodacc_french_date)).find((one) => one.jugement);
    expect(parsed(judgment.jugement).date).toMatch(/^(1er|\d+) \p{L}+ \d{4}$/u);
  });

  test("all the families the product reads occur", async () => {
    const found = new Set<string>();
    for (const siren of sirensFrom(49_000_000, 500)) {
      for (const one of await notices(siren)) found.add(one.familleavis);
    }
    for (const family of [
      "creation",
      "immatriculation",
      "modification",
      "vente",
      "radiation",
      "collective",
      "dpc",
    ]) {
      expect(found).toContain(family);
    }
  });
});

describe("ratios", () => {
  test("0 where the income statement is confidential, next to the real result", async () => {
    const [latest] = await rows(EXAMPLE_SIRENS.income_statement_confidential);
    expect(latest).toMatchObject({ confidentiality: "Partiellement confidentiel" });
    expect(Number(latest.chiffre_d_affaires)).toBe(0);
    expect(Number(latest.ebe)).toBe(0);
    expect(Number(latest.resultat_net)).not.toBe(0);
  });

  test("consolidated rows next to the company's own, their EBITDA nonsense", async () => {
    const all = await rows(EXAMPLE_SIRENS.consolidated_accounts);
    const year = all.filter((one) => one.date_cloture_exercice === all[0].date_cloture_exercice);
    expect(new Set(year.map((one) => one.type_bilan))).toEqual(new Set(["C", "K"]));
    const group = year.find((one) => one.type_bilan === "K");
    expect(group.ebe).toBe(group.chiffre_d_affaires);
    const body: Json = await (
      await client.records("ratios", {
        where: `siren="${EXAMPLE_SIRENS.consolidated_accounts}" AND NOT type_bilan="K"`,
      })
    ).json();
    expect(body.results.every((one: Json) => one.type_bilan === "C")).toBe(true);
  });

  test("numbers for most, text for some", async () => {
    const [text] = await rows(EXAMPLE_SIRENS.ratios_as_text);
    expect(text.chiffre_d_affaires).toMatch(/^\d+$/);
    const [number] = await rows("912345675");
    expect(number.chiffre_d_affaires).toBe(6_240_000);
  });

  test("nothing of fully confidential accounts", async () => {
    expect(await rows(EXAMPLE_SIRENS.accounts_confidential)).toEqual([]);
  });
});
