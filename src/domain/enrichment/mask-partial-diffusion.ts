import type { CompanyFacts, Dirigeant, Etablissement, Siege } from "../companies/company.ts";

const INDIVIDUAL = /^1/;

function maskSiege(siege: Siege): Siege {
  return { ...siege, adresse: null, code_postal: null, latitude: null, longitude: null };
}

function maskEstablishment(one: Etablissement, individual: boolean): Etablissement {
  return { ...one, adresse: null, code_postal: null, enseigne: individual ? null : one.enseigne };
}

function maskOfficer(officer: Dirigeant): Dirigeant {
  if (officer.type === "personne_morale") return officer;
  return { ...officer, nom: null, prenoms: null, annee_naissance: null };
}

/**
 * A company that opposed publication in the register stays masked here even when another source names it: as the
 * register does, town and region stay, address and natural persons go; an individual loses the name too.
 */
export function maskPartialDiffusion(facts: CompanyFacts): CompanyFacts {
  if (facts.diffusion === "complete") return facts;
  const individual = facts.forme_juridique === null || INDIVIDUAL.test(facts.forme_juridique.code);
  return {
    ...facts,
    nom_entreprise: individual ? null : facts.nom_entreprise,
    sigle: null,
    siege: facts.siege === null ? null : maskSiege(facts.siege),
    etablissements: facts.etablissements.map((one) => maskEstablishment(one, individual)),
    dirigeants: facts.dirigeants.map(maskOfficer),
  };
}
