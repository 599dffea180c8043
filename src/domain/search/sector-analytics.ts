import type { NafRange } from "../companies/naf.ts";

export const SECTOR_SORTS = ["code_naf", "entreprises", "score_moyen", "ca_moyen"] as const;
export type SectorSort = (typeof SECTOR_SORTS)[number];

/**
 * A figure of fewer companies would tell, to whoever knows one or two of them, what the others are: statistics offices
 * publish from three on.
 */
export const LEAST_COMPANIES = 3;

/** The active companies of one NAF rev. 2 code. Averages and ninth deciles are null below `LEAST_COMPANIES`. */
export interface SectorAnalytics {
  code_naf: string;
  entreprises: number;
  entreprises_notees: number;
  score_moyen: number | null;
  score_p90: number | null;
  entreprises_avec_ca: number;
  /** Euros. */
  ca_moyen: number | null;
  ca_p90: number | null;
  /** RFC 3339: when it was counted. */
  as_of: string;
}

export interface SectorPage {
  /** null: every code. */
  range: NafRange | null;
  sort: SectorSort;
  /** The sort value of the last one seen, null where it has none, and its code. */
  after: { value: number | null; code: string } | null;
  limit: number;
}
