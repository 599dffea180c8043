import { z } from "zod";

const score = z.int().min(0).max(100);
/** Whole euros. */
const euros = z.int().min(-1_000_000_000_000).max(1_000_000_000_000);
const staff = z.int().min(0).max(10_000_000);
const years = z.int().min(0).max(500);
const codes = z.array(z.string()).min(1);

/**
 * Which companies, as exports and cursors keep it: every member narrows the choice, members of a list widen their own.
 * Bounds are inclusive. What callers send is read, and put into this form, by `src/http/company-filter-input.ts`.
 */
export const CompanyFilter = z.strictObject({
  score_min: score.optional(),
  score_max: score.optional(),
  ca_min: euros.optional(),
  ca_max: euros.optional(),
  /** Staff of the latest accounts, else the least that the INSEE band means. */
  effectif_min: staff.optional(),
  effectif_max: staff.optional(),
  /** Folded (`foldCity`); the cities with arrondissements mean all of them. */
  ville: codes.optional(),
  code_postal: codes.optional(),
  departement: codes.optional(),
  region: codes.optional(),
  /** `25.62B`, `25.62`, `25.6`, `25` or `C`; a whole code says itself which nomenclature it is of. */
  code_naf: codes.optional(),
  /** Of codes that are not whole. */
  naf_version: z.enum(["rev2", "2025"]).optional(),
  /** INSEE legal category, or its first one or two digits. */
  forme_juridique: codes.optional(),
  /** Whole years since `date_creation`. */
  age_min: years.optional(),
  age_max: years.optional(),
  statut: z.enum(["active", "cessee"]).optional(),
  /** Whether the organisation has a reachable contact there. */
  has_contacts: z.boolean().optional(),
  /** RFC 3339. */
  enriched_since: z.iso.datetime().optional(),
  /** Folded; each of its words is somewhere in the name, or the name begins with it when it is shorter than three. */
  q: z.string().optional(),
});
export type CompanyFilter = z.infer<typeof CompanyFilter>;

export const COMPANY_SORTS = ["score", "ca", "effectif", "nom", "fraicheur"] as const;
export type CompanySort = (typeof COMPANY_SORTS)[number];

/** Who looks, and when: contacts and ages depend on it. */
export interface FilterContext {
  organisationId: string;
  /** ms. */
  now: number;
}

/** The company as searches and exports read it: columns of one row. Amounts are whole euros, moments RFC 3339. */
export interface CompanySummary {
  siren: string;
  nom_entreprise: string | null;
  statut: string | null;
  diffusion: string;
  code_naf: string | null;
  code_naf_2025: string | null;
  secteur_activite: string | null;
  forme_juridique: { code: string; libelle: string | null } | null;
  categorie_entreprise: string | null;
  date_creation: string | null;
  tranche_effectif: { code: string; min: number; max: number | null } | null;
  effectif: number | null;
  chiffre_affaires: number | null;
  resultat: number | null;
  code_postal: string | null;
  ville: string | null;
  departement: string | null;
  region: string | null;
  ma_score: number | null;
  score_confidence: number | null;
  last_scraped_at: string;
}
