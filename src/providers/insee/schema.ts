import { z } from "zod";
import { looseCount, looseText } from "../loose-schema.ts";

const Periode = z.object({
  dateDebut: looseText,
  dateFin: looseText,
  etatAdministratifUniteLegale: looseText,
  denominationUniteLegale: looseText,
  nomUniteLegale: looseText,
  nomUsageUniteLegale: looseText,
  categorieJuridiqueUniteLegale: looseText,
  activitePrincipaleUniteLegale: looseText,
  nicSiegeUniteLegale: looseText,
  caractereEmployeurUniteLegale: looseText,
});

export const InseeAnswer = z.object({
  uniteLegale: z.object({
    siren: z.string().regex(/^\d{9}$/),
    statutDiffusionUniteLegale: looseText,
    dateCreationUniteLegale: looseText,
    sigleUniteLegale: looseText,
    prenom1UniteLegale: looseText,
    prenomUsuelUniteLegale: looseText,
    trancheEffectifsUniteLegale: looseText,
    anneeEffectifsUniteLegale: looseCount,
    dateDernierTraitementUniteLegale: looseText,
    categorieEntreprise: looseText,
    activitePrincipaleNAF25UniteLegale: looseText,
    periodesUniteLegale: z.array(Periode).nullish(),
  }),
});

export type UniteLegale = z.infer<typeof InseeAnswer>["uniteLegale"];
export type Periode = z.infer<typeof Periode>;
