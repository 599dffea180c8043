import type { CompanySummary } from "../search/company-filter.ts";
import type { Author } from "./author.ts";
import type { PipelineStatus } from "./status.ts";

/** Of each mode. */
export const MAX_LISTS = 200;
export const MAX_LIST_COMPANIES = 10_000;
/** Added by one request. */
export const MAX_ADDED = 1_000;

/** Companies that an organisation put together. Moments are RFC 3339, milliseconds. */
export interface CompanyList {
  id: string;
  name: string;
  description: string | null;
  /** Its changes are told: see `GET /api/v2/changes`. */
  watched: boolean;
  companies: number;
  createdAt: string;
  /** Of its name, description or `watched`. */
  updatedAt: string;
  createdBy: Author;
}

export interface ListedCompany {
  siren: string;
  addedAt: string;
  status: PipelineStatus | null;
  /** null: not stored. */
  company: CompanySummary | null;
}

/** `present` of the companies asked for are in the list now, `added` of them since this. */
export interface Addition {
  added: number;
  present: number;
  companies: number;
}
