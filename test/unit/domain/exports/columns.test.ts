import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { columnByName, DEFAULT_COLUMNS, EXPORT_COLUMNS } from "../../../../src/domain/exports/columns.ts";
import { RESERVED_SIRENS } from "../../../../src/domain/companies/reserved-sirens.ts";
import { syntheticCells, syntheticMatches } from "../../../../src/domain/exports/synthetic-cells.ts";

test("every column has a name of its own that SQL takes as it is, and words in both languages", () => {
  const names = EXPORT_COLUMNS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, description } of EXPORT_COLUMNS) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(description.fr.length).toBeGreaterThan(5);
    expect(description.en.length).toBeGreaterThan(5);
    expect(columnByName(name)?.name).toBe(name);
  }
  expect(columnByName("password")).toBeNull();
  expect(columnByName("constructor")).toBeNull();
});

test("the documentation has every column as it is", () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../../../docs/export-formats.md"), "utf8");
  const rows = page.split("\n").flatMap((line) => {
    const [, name, type, description, unasked] = line.split("|").map((part) => part.trim());
    return name?.startsWith("`") === true ? [{ name, type, description, unasked }] : [];
  });
  expect(rows).toEqual(
    EXPORT_COLUMNS.map(({ name, type, description, ...column }) => ({
      name: `\`${name}\``,
      type,
      description: description.en,
      unasked: column.default ? "yes" : column.personal ? "no, personal data" : "no",
    })),
  );
});

test("an export that names no columns begins with the SIREN and has nothing about persons", () => {
  expect(DEFAULT_COLUMNS[0]).toBe("siren");
  expect(DEFAULT_COLUMNS).toHaveLength(27);
  expect(EXPORT_COLUMNS.filter((column) => column.default && column.personal)).toEqual([]);
});

test("a synthetic company has a cell for every column but those of the organisation's own pipeline", async () => {
  const cells = await syntheticCells(RESERVED_SIRENS.complete);
  const missing = EXPORT_COLUMNS.filter(({ name }) => cells?.has(name) === false).map(({ name }) => name);
  expect(missing).toEqual(["pipeline_status"]);
  expect(Object.fromEntries(cells ?? [])).toMatchObject({
    siren: "999000094",
    nom_entreprise: "ATELIERS COMPLET (FICTIF)",
    forme_juridique: "5710",
    forme_juridique_libelle: "SAS",
    chiffre_affaires: 6_240_000,
    annee_comptes: 2025,
    capitaux_propres: 2_100_000,
    adresse: "1 RUE DE L'EXEMPLE",
    dirigeants:
      "Camille EXEMPLE (FICTIF) (Président); AUDIT EXEMPLE (FICTIF) (Commissaire aux comptes titulaire)",
    dirigeant_naissance: 1961,
    evenement_dernier_type: "depot_comptes",
    evenement_dernier_date: "2026-06-25",
  });
});

test("a synthetic company that opposed publication has neither name, address nor officers", async () => {
  const cells = await syntheticCells(RESERVED_SIRENS.partial_diffusion);
  const masked = ["nom_entreprise", "adresse", "code_postal", "dirigeants", "dirigeant_naissance"];
  expect(masked.map((name) => cells?.get(name))).toEqual(masked.map(() => null));
  expect(cells?.get("ville")).toBe("LYON");
});

test("a filter has the synthetic companies that match, and none that cannot be read", async () => {
  const now = Date.parse("2026-11-21T00:00:00Z");
  const all = await syntheticMatches({}, now);
  expect(all).toHaveLength(6);
  expect(all).not.toContain(RESERVED_SIRENS.not_found);
  expect(await syntheticMatches({ departement: ["75"] }, now)).toEqual([]);
  expect(await syntheticMatches({ q: "discret" }, now)).toEqual([RESERVED_SIRENS.confidential_accounts]);
  expect(await syntheticCells(RESERVED_SIRENS.unavailable)).toBeNull();
  expect(await syntheticCells("912345675")).toBeNull();
});
