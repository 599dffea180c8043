import { describe, expect, test } from "vitest";
import { createSandbox } from "../../../../local/sandbox/sandbox.ts";
import { SandboxClient, parsed, type Json } from "./sandbox-client.ts";

const client = new SandboxClient(createSandbox());
const SIREN = "912345675";

describe("912345675 answers the documented samples", () => {
  test("Recherche d'entreprises", async () => {
    const company = await client.found(SIREN);
    expect(company).toMatchObject({
      nom_complet: "ATELIERS DURAND",
      sigle: null,
      nombre_etablissements: 2,
      nombre_etablissements_ouverts: 1,
      activite_principale: "25.62B",
      activite_principale_naf25: "25.53Y",
      annee_tranche_effectif_salarie: "2023",
      date_mise_a_jour_insee: "2026-01-12T09:00:00",
      nature_juridique: "5710",
      section_activite_principale: "C",
      matching_etablissements: [],
      finances: { "2024": { ca: 6_240_000, resultat_net: 412_000 } },
      tva: ["FR65912345675"],
      siege: {
        adresse: "12 RUE DES FRERES LUMIERE 69800 SAINT-PRIEST",
        commune: "69290",
        coordonnees: "45.6961,4.9443",
        date_debut_activite: "2008-01-01",
        epci: "200046977",
        latitude: "45.6961",
        liste_idcc: ["3248"],
        siret: "91234567500017",
      },
    });
    expect(company).not.toHaveProperty("score");
    expect(company.dirigeants).toEqual([
      {
        nom: "DURAND",
        prenoms: "MICHEL PAUL",
        annee_de_naissance: "1961",
        date_de_naissance: "1961-03",
        qualite: "Président de SAS",
        nationalite: "Française",
        type_dirigeant: "personne physique",
      },
      {
        siren: "842157968",
        denomination: "HOLDING MAUREPAS",
        qualite: "Directeur Général",
        type_dirigeant: "personne morale",
      },
    ]);
  });

  test("INSEE", async () => {
    const { header, uniteLegale }: Json = await (await client.insee(`/siren/${SIREN}`)).json();
    expect(header).toEqual({ statut: 200, message: "OK" });
    expect(uniteLegale.nombrePeriodesUniteLegale).toBe(3);
    expect(uniteLegale.periodesUniteLegale[0]).toMatchObject({
      dateFin: null,
      dateDebut: "2008-01-01",
      denominationUniteLegale: "ATELIERS DURAND",
      activitePrincipaleUniteLegale: "25.62B",
      nomenclatureActivitePrincipaleUniteLegale: "NAFRev2",
      changementActivitePrincipaleUniteLegale: true,
      nicSiegeUniteLegale: "00017",
      caractereEmployeurUniteLegale: "O",
    });
  });

  test("Pappers", async () => {
    const company: Json = await (await client.entreprise(SIREN)).json();
    expect(company).toMatchObject({
      siren_formate: "912 345 675",
      forme_juridique: "SAS, société par actions simplifiée",
      effectif: "Entre 20 et 49 salariés",
      capital_formate: "150 000,00 €",
      numero_rcs: "912345675 R.C.S. Lyon",
      code_greffe: "6901",
      date_immatriculation_rcs: "1994-03-10",
      date_cloture_exercice: "31 décembre",
      procedure_collective_existe: false,
      beneficiaires_effectifs: [],
    });
    expect(company.siege).toMatchObject({
      siret_formate: "912 345 675 00017",
      numero_voie: 12,
      type_voie: "RUE",
    });
    expect(company.finances[0]).toMatchObject({
      chiffre_affaires: 6_240_000,
      excedent_brut_exploitation: 780_000,
      taux_croissance_chiffre_affaires: 5.1,
      taux_marge_brute: 63.8,
      BFR_jours_CA: 53,
      ratio_endettement: 0.35,
      autonomie_financiere: 48.2,
      taux_levier: 0.2,
      rentabilite_fonds_propres: 17.6,
    });
    expect(company.finances[2]).toMatchObject({ annee: 2022, chiffre_affaires: null, resultat: 298_000 });
    expect(company.representants[0]).toMatchObject({
      qualite: "Président",
      qualites: ["Président"],
      prenom: "Michel, Paul",
      date_de_naissance: "1961-03-14",
      age: 65,
      code_nationalite: "FR",
      codes_nationalites: ["FR"],
    });
    expect(company.representants[1]).toMatchObject({
      denomination: "HOLDING MAUREPAS",
      personne_morale: true,
    });
    expect(company.publications_bodacc).toHaveLength(1);
  });

  test("BODACC: a receivership and a confidential deposit", async () => {
    const { total_count, results }: Json = await (await client.bodacc(SIREN)).json();
    expect(total_count).toBe(2);
    const [judgment, deposit] = results;
    expect(judgment).toMatchObject({
      id: "A202501212345",
      familleavis: "collective",
      departement_nom_officiel: "Rhône",
    });
    expect(judgment.registre).toEqual(["912 345 675", "912345675"]);
    expect(parsed(judgment.jugement)).toMatchObject({
      nature: "Jugement d'ouverture d'une procédure de redressement judiciaire",
      date: "2025-06-18",
    });
    expect(deposit.id).toBe("C202401091111");
    expect(parsed(deposit.depot).descriptif).toContain("déclaration de confidentialité");
  });

  test("its holding, the other documented company, has no suffix either", async () => {
    const holding = await client.found("842157968");
    expect(holding).toMatchObject({ nom_complet: "HOLDING MAUREPAS", activite_principale: "64.20Z" });
    expect(holding.tva).toEqual(["FR82842157968"]);
  });
});
