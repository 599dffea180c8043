import { MECHANICS } from "./activities.ts";
import type { Address, Filing, Notice, Officer, SandboxCompany } from "./company.ts";
import { MAUREPAS_ADDRESS } from "./documented-holding.ts";
import { DURAND_SIREN, MAUREPAS_SIREN } from "./documented-sirens.ts";
import { siretOf } from "./identifiers.ts";
import { SAS } from "./legal-forms.ts";
import { BAND_20_49, NOT_EMPLOYER } from "./staff-bands.ts";
import { SAINT_PRIEST } from "./towns.ts";

const ADDRESS: Address = {
  number: 12,
  kind: "RUE",
  street: "DES FRERES LUMIERE",
  town: SAINT_PRIEST,
  latitude: 45.6961,
  longitude: 4.9443,
};

const UNKNOWN_AMOUNTS = {
  grossMargin: null,
  ebitda: null,
  ebit: null,
  addedValue: null,
  selfFinancing: null,
  workingCapitalNeed: null,
  netWorkingCapital: null,
  cash: null,
  debt: null,
  equity: null,
  assets: null,
  liquidity: null,
} as const;

const FILINGS: readonly Filing[] = [
  {
    year: 2024,
    closedOn: "2024-12-31",
    filedOn: "2025-06-20",
    months: 12,
    secrecy: "public",
    turnover: 6_240_000,
    result: 412_000,
    grossMargin: 3_980_000,
    ebitda: 780_000,
    ebit: 590_000,
    addedValue: 2_500_000,
    selfFinancing: 560_000,
    headcount: 34,
    workingCapitalNeed: 910_000,
    netWorkingCapital: 1_550_000,
    cash: 640_000,
    debt: 820_000,
    equity: 2_340_000,
    assets: 4_855_000,
    liquidity: 1.9,
  },
  {
    ...UNKNOWN_AMOUNTS,
    year: 2023,
    closedOn: "2023-12-31",
    filedOn: "2024-05-29",
    months: 12,
    secrecy: "public",
    turnover: 5_937_000,
    result: 365_000,
    ebitda: 701_000,
    ebit: 528_000,
    headcount: 33,
  },
  {
    ...UNKNOWN_AMOUNTS,
    year: 2022,
    closedOn: "2022-12-31",
    filedOn: "2023-06-12",
    months: 12,
    secrecy: "partial",
    turnover: null,
    result: 298_000,
    headcount: null,
  },
];

const OFFICERS: readonly Officer[] = [
  {
    kind: "person",
    role: SAS.head,
    since: "2009-06-30",
    lastName: "DURAND",
    firstNames: ["Michel", "Paul"],
    sex: "M",
    birthDate: "1961-03-14",
    birthTown: "Lyon",
    home: { postalCode: "69003", town: "Lyon" },
  },
  {
    kind: "company",
    role: SAS.second,
    since: "2019-01-01",
    siren: MAUREPAS_SIREN,
    name: "HOLDING MAUREPAS",
    address: MAUREPAS_ADDRESS,
  },
];

const BODACC_NOTICES: readonly Notice[] = [
  {
    bulletin: "A",
    issue: "20250121",
    number: 2345,
    date: "2025-06-25",
    family: "collective",
    type: "annonce",
    previous: null,
    detail: {
      kind: "judgment",
      stage: "opening",
      procedure: "redressement_judiciaire",
      date: "2025-06-18",
    },
  },
  {
    bulletin: "C",
    issue: "20240109",
    number: 1111,
    date: "2024-06-07",
    family: "dpc",
    type: "annonce",
    previous: null,
    detail: { kind: "deposit", closedOn: "2023-12-31", confidential: true },
  },
];

/** Pappers' documented sample knows another deposit, and no judgment. */
const PAPPERS_NOTICES: readonly Notice[] = [
  {
    bulletin: "C",
    issue: "20250121",
    number: 4021,
    date: "2025-06-25",
    family: "dpc",
    type: "annonce",
    previous: null,
    detail: { kind: "deposit", closedOn: "2024-12-31", confidential: false },
  },
];

/** The company of the documented samples, the one answer without the synthetic suffix besides its holding. */
export const ATELIERS_DURAND: SandboxCompany = {
  siren: DURAND_SIREN,
  name: "ATELIERS DURAND",
  acronym: null,
  activity: MECHANICS,
  legalForm: SAS,
  band: BAND_20_49,
  address: ADDRESS,
  createdOn: "1994-03-01",
  person: null,
  ceasedOn: null,
  partialDiffusion: false,
  staffYear: 2023,
  headcount: 34,
  category: "PME",
  capital: 150_000,
  purpose: "Usinage de précision et mécanique générale",
  officers: OFFICERS,
  establishments: [
    {
      siret: siretOf(DURAND_SIREN, 1),
      headOffice: true,
      address: ADDRESS,
      openedOn: "1994-03-01",
      closedOn: null,
      band: BAND_20_49,
    },
    {
      siret: siretOf(DURAND_SIREN, 2),
      headOffice: false,
      address: { ...ADDRESS, number: 40, street: "DES ARTISANS" },
      openedOn: "1999-09-01",
      closedOn: "2007-12-31",
      band: NOT_EMPLOYER,
    },
  ],
  filings: FILINGS,
  consolidated: [],
  procedure: null,
  notices: BODACC_NOTICES,
  noticesAtPappers: PAPPERS_NOTICES,
  website: "https://www.ateliers-durand.example",
  updatedOn: "2026-01-12",
};
