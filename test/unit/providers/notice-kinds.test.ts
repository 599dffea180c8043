import { expect, test } from "vitest";
import {
  isConfidentialityDeclaration,
  modificationKinds,
  salePrice,
} from "../../../src/providers/notice-kinds.ts";

test.each([
  ["Modification survenue sur l'administration.", ["changement_dirigeant"]],
  ["Nomination d'un nouveau gérant", ["changement_dirigeant"]],
  ["Changement de Présidente", ["changement_dirigeant"]],
  ["modification survenue sur le capital (150000 euros)", ["modification_capital"]],
  ["Transfert du siège social", ["transfert_siege"]],
  ["Fusion absorption de la société X", ["fusion_scission"]],
  ["Apport partiel d’actif", ["fusion_scission"]],
  ["Transmission universelle du patrimoine", ["fusion_scission"]],
  ["Nomination du commissaire aux comptes titulaire", ["nomination_commissaire_aux_comptes"]],
  ["Démission du commissaire aux comptes suppléant", ["modification"]],
  ["Commissaires aux comptes partant : X ; nomination de Y", ["nomination_commissaire_aux_comptes"]],
  [
    "Administration : Président, commissaire aux comptes",
    ["changement_dirigeant", "nomination_commissaire_aux_comptes"],
  ],
  ["Modification du capital et transfert du siège", ["modification_capital", "transfert_siege"]],
  ["Changement de dénomination", ["modification"]],
  ["", ["modification"]],
])("%s", (text, expected) => {
  expect(modificationKinds(text)).toEqual(expected);
});

test.each([
  ["Fonds acquis au prix stipulé de 150 000 EUR", 150_000],
  ["au prix de 150000.00 Euros", 150_000],
  ["au prix de 1.250.000,50 €", 1_250_000.5],
  ["AU PRIX DE : 80 000 EUROS", 80_000],
  ["au prix de 80\u00A0000 EUR", 80_000],
  ["au prix de un euro", null],
  ["au prix de 0 EUR", null],
  ["au prix de ., EUR", null],
  ["prix non communiqué", null],
])("sale price in %s", (text, expected) => {
  expect(salePrice(text)).toBe(expected);
});

test.each([
  ["accompagnés d'une déclaration de confidentialité en application", true],
  ["DECLARATION DE CONFIDENTIALITE", true],
  ["Comptes annuels et rapports", false],
])("confidentiality declared in %s", (text, expected) => {
  expect(isConfidentialityDeclaration(text)).toBe(expected);
});
