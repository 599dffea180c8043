import type { NonEmpty } from "./random.ts";

/** The same function, as Recherche d'entreprises and as Pappers word it. */
export interface Role {
  recherche: string;
  pappers: string;
}

export interface LegalForm {
  /** INSEE legal category. */
  code: string;
  /** Pappers splits single-owner companies under codes of its own. */
  pappersCode: string;
  pappersLabel: string;
  label: string;
  singleOwner: boolean;
  head: Role;
  second: Role;
}

const MANAGER: Role = { recherche: "Gérant", pappers: "Gérant" };
const PRESIDENT: Role = { recherche: "Président de SAS", pappers: "Président" };
const CHIEF_EXECUTIVE: Role = { recherche: "Directeur Général", pappers: "Directeur général" };

export const AUDITOR: Role = {
  recherche: "Commissaire aux comptes titulaire",
  pappers: "Commissaire aux comptes titulaire",
};

export const SAS: LegalForm = {
  code: "5710",
  pappersCode: "5710",
  pappersLabel: "SAS, société par actions simplifiée",
  label: "Société par actions simplifiée",
  singleOwner: false,
  head: PRESIDENT,
  second: CHIEF_EXECUTIVE,
};

const SASU: LegalForm = {
  ...SAS,
  pappersCode: "5720",
  pappersLabel: "SASU, société par actions simplifiée unipersonnelle",
  singleOwner: true,
};

const SARL: LegalForm = {
  code: "5499",
  pappersCode: "5499",
  pappersLabel: "SARL, société à responsabilité limitée",
  label: "Société à responsabilité limitée",
  singleOwner: false,
  head: MANAGER,
  second: { recherche: "Co-gérant", pappers: "Co-gérant" },
};

const EURL: LegalForm = {
  ...SARL,
  pappersCode: "5498",
  pappersLabel: "EURL, entreprise unipersonnelle à responsabilité limitée",
  singleOwner: true,
};

const SA: LegalForm = {
  code: "5599",
  pappersCode: "5599",
  pappersLabel: "SA à conseil d'administration (s.a.i.)",
  label: "Société anonyme à conseil d'administration",
  singleOwner: false,
  head: {
    recherche: "Président du conseil d'administration",
    pappers: "Président du conseil d'administration",
  },
  second: { recherche: "Administrateur", pappers: "Administrateur" },
};

const SNC: LegalForm = {
  ...SARL,
  code: "5202",
  pappersCode: "5202",
  pappersLabel: "SNC, société en nom collectif",
  label: "Société en nom collectif",
  second: { recherche: "Associé en nom", pappers: "Associé en nom" },
};

export const SOLE_TRADER: LegalForm = {
  code: "1000",
  pappersCode: "1000",
  pappersLabel: "Entrepreneur individuel",
  label: "Entrepreneur individuel",
  singleOwner: false,
  head: { recherche: "Entrepreneur individuel", pappers: "Entrepreneur individuel" },
  second: MANAGER,
};

/** Below about ten employees, and above. */
export const SMALL_FORMS: NonEmpty<readonly [LegalForm, number]> = [
  [SARL, 34],
  [SAS, 20],
  [SASU, 20],
  [EURL, 17],
  [SOLE_TRADER, 8],
  [SNC, 1],
];
export const LARGE_FORMS: NonEmpty<readonly [LegalForm, number]> = [
  [SAS, 66],
  [SARL, 22],
  [SA, 11],
  [SNC, 1],
];
