import { expect, test } from "vitest";
import type { Dirigeant } from "../../../../src/domain/companies/company.ts";
import { maskPartialDiffusion } from "../../../../src/domain/enrichment/mask-partial-diffusion.ts";
import { buildFacts } from "../../../support/build-facts.ts";

const officer = buildFacts().dirigeants[0];
const siege = {
  siret: "91234567500017",
  adresse: "12 RUE DES FRERES LUMIERE",
  code_postal: "69800",
  ville: "SAINT-PRIEST",
  code_commune: "69290",
  departement: "69",
  region: "84",
  latitude: 45.69,
  longitude: 4.94,
};

test("a company published in full is left as it is", () => {
  const facts = buildFacts({ diffusion: "complete" });
  expect(maskPartialDiffusion(facts)).toBe(facts);
});

test("an individual who opposed publication has no name, address or birth year, whatever another source said", () => {
  const facts = buildFacts({
    diffusion: "partielle",
    siege,
    nom_entreprise: "NATHALIE GARCIA",
    forme_juridique: { code: "1000", libelle: null },
  });
  const masked = maskPartialDiffusion(facts);
  expect(masked).toMatchObject({ nom_entreprise: null, sigle: null });
  expect(masked.siege).toMatchObject({ adresse: null, code_postal: null, latitude: null, longitude: null });
  expect(masked.siege).toMatchObject({ ville: "SAINT-PRIEST", departement: "69", region: "84" });
  for (const one of masked.dirigeants.filter(({ type }) => type === "personne_physique")) {
    expect(one).toMatchObject({ nom: null, prenoms: null, annee_naissance: null });
  }
});

test("a legal person keeps its name and its legal-person officers", () => {
  const holding = {
    ...officer,
    type: "personne_morale" as const,
    nom: null,
    prenoms: null,
    annee_naissance: null,
    siren: "842157968",
    denomination: "HOLDING MAUREPAS",
    qualites: ["Président"],
    depuis: null,
  } satisfies Dirigeant;
  const facts = buildFacts({
    diffusion: "partielle",
    nom_entreprise: "ATELIERS DURAND",
    forme_juridique: { code: "5710", libelle: "SAS" },
    dirigeants: [holding],
  });
  const masked = maskPartialDiffusion(facts);
  expect(masked.nom_entreprise).toBe("ATELIERS DURAND");
  expect(masked.dirigeants[0]?.denomination).toBe("HOLDING MAUREPAS");
});
