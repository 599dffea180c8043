import type { SectorReferenceStore } from "../ports.ts";
import type { SectorReference } from "../../scoring/sector-reference.ts";

/** Invented measures of the division that the invented companies are of. */
export const SYNTHETIC_SECTOR: SectorReference = {
  division: "25",
  companies: 812,
  median_marge: 0.038,
  median_croissance: 0.021,
  taux_cession: 0.064,
  acheteurs_actifs: 9,
  as_of: "2026-11-19",
};

/** In test mode one sector is measured; companies of others are scored by the marks of the model. */
export const SYNTHETIC_SECTORS: SectorReferenceStore = {
  find: async (division) => (division === SYNTHETIC_SECTOR.division ? SYNTHETIC_SECTOR : null),
};
