import type { Activity } from "./activities.ts";
import type { LegalForm, Role } from "./legal-forms.ts";
import type { StaffBand } from "./staff-bands.ts";
import type { Town } from "./towns.ts";

export interface Address {
  number: number;
  kind: string;
  street: string;
  town: Town;
  latitude: number;
  longitude: number;
}

export interface Person {
  lastName: string;
  /** All given names, the usual one first. */
  firstNames: readonly [string, ...string[]];
  sex: "M" | "F";
  birthDate: string;
}

export interface PersonOfficer extends Person {
  kind: "person";
  role: Role;
  since: string;
  birthTown: string;
  home: { postalCode: string; town: string };
}

export interface CompanyOfficer {
  kind: "company";
  role: Role;
  since: string;
  /** Foreign bodies, the State or joint owners have none. */
  siren: string | null;
  name: string;
  address: Address;
}

export type Officer = PersonOfficer | CompanyOfficer;

export interface Establishment {
  siret: string;
  headOffice: boolean;
  address: Address;
  openedOn: string;
  closedOn: string | null;
  band: StaffBand;
}

/** "partial": the income statement is confidential; "total": the whole filing is. */
export type Secrecy = "public" | "partial" | "total";

/** Annual accounts of one closing, in euros. What a provider shows of it depends on the secrecy. */
export interface Filing {
  year: number;
  closedOn: string;
  filedOn: string;
  months: number;
  secrecy: Secrecy;
  turnover: number | null;
  result: number;
  grossMargin: number | null;
  ebitda: number | null;
  ebit: number | null;
  addedValue: number | null;
  selfFinancing: number | null;
  headcount: number | null;
  workingCapitalNeed: number | null;
  netWorkingCapital: number | null;
  cash: number | null;
  debt: number | null;
  equity: number | null;
  assets: number | null;
  liquidity: number | null;
}

export type ProcedureKind = "sauvegarde" | "redressement_judiciaire" | "liquidation_judiciaire";

export interface Procedure {
  kind: ProcedureKind;
  openedOn: string;
  closedOn: string | null;
}

export type NoticeFamily =
  | "creation"
  | "immatriculation"
  | "modification"
  | "vente"
  | "radiation"
  | "collective"
  | "conciliation"
  | "dpc"
  | "divers";

export type NoticeDetail =
  | { kind: "deposit"; closedOn: string; confidential: boolean }
  | { kind: "judgment"; stage: "opening" | "closing"; procedure: ProcedureKind; date: string }
  | { kind: "sale"; price: number | null; buyer: string }
  | { kind: "change"; text: string }
  | { kind: "registration"; date: string }
  | { kind: "strike_off"; date: string }
  | { kind: "text"; text: string };

interface NoticeReference {
  bulletin: "A" | "B" | "C";
  issue: string;
  number: number;
  date: string;
}

export interface Notice extends NoticeReference {
  family: NoticeFamily;
  type: "annonce" | "rectificatif" | "annulation";
  detail: NoticeDetail;
  /** The notice a rectification or a cancellation is about. */
  previous: NoticeReference | null;
}

export interface Identity {
  siren: string;
  name: string;
  acronym: string | null;
  activity: Activity;
  legalForm: LegalForm;
  band: StaffBand;
  address: Address;
  createdOn: string;
  /** Set for a sole trader. */
  person: Person | null;
}

/** The truth of the sandbox about one company; each provider tells its part of it, in its own way. */
export interface SandboxCompany extends Identity {
  ceasedOn: string | null;
  partialDiffusion: boolean;
  staffYear: number;
  headcount: number;
  category: "PME" | "ETI" | "GE";
  capital: number | null;
  purpose: string;
  officers: readonly Officer[];
  /** Head office first. */
  establishments: readonly Establishment[];
  /** Latest first. */
  filings: readonly Filing[];
  consolidated: readonly Filing[];
  procedure: Procedure | null;
  /** Latest first. */
  notices: readonly Notice[];
  /** The same, but for the one company whose documented samples disagree. */
  noticesAtPappers: readonly Notice[];
  website: string | null;
  updatedOn: string;
}
