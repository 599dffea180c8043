import { passesLuhn } from "../../../src/domain/companies/siren.ts";
import { ACTIVITIES, type Activity, HOLDING } from "./activities.ts";
import { isoDate } from "./calendar.ts";
import type { Address, Identity, Person } from "./company.ts";
import { MAUREPAS_IDENTITY } from "./documented-holding.ts";
import { MAUREPAS_SIREN } from "./documented-sirens.ts";
import { withCheckDigit } from "./identifiers.ts";
import { LARGE_FORMS, type LegalForm, SAS, SMALL_FORMS, SOLE_TRADER } from "./legal-forms.ts";
import { makePerson } from "./make-person.ts";
import { registerCase, STREET_KINDS, STREET_NAMES, SURNAMES } from "./person-names.ts";
import { hasTrait, type NonEmpty, seeded } from "./random.ts";
import { reservedOutcomeOf } from "./reserved.ts";
import { BAND_20_49, NOT_EMPLOYER, type StaffBand, WEIGHTED_BANDS } from "./staff-bands.ts";
import { SYNTHETIC_SUFFIX } from "./synthetic-name.ts";
import { TOWNS } from "./towns.ts";

const COINED: NonEmpty<string> = [
  "ALTEA",
  "NOVALIS",
  "OCEANE",
  "HORIZON",
  "VERDIS",
  "SOLANE",
  "ARCADIE",
  "BELVEDERE",
  "CARDINAL",
  "MERIDIEN",
  "LUMEN",
  "TERRAVIA",
];

export function founderSurname(siren: string): string {
  return seeded(siren, "founder").pick(SURNAMES);
}

function isHolding(siren: string): boolean {
  return reservedOutcomeOf(siren) === null && hasTrait(siren, "holding", 0.06);
}

/** The SIREN of a holding that owns the company: one whose own answer is that of a holding. */
export function holdingAbove(siren: string): string {
  const random = seeded(siren, "holding-above");
  for (;;) {
    const candidate = withCheckDigit(`8${String(random.int(0, 9_999_999)).padStart(7, "0")}`);
    if (isHolding(candidate) && candidate !== siren) return candidate;
  }
}

export function makeAddress(siren: string, topic: string): Address {
  const random = seeded(siren, `address:${topic}`);
  const town = random.pick(TOWNS);
  const around = (degrees: number) => Number((degrees + random.between(-0.012, 0.012)).toFixed(4));
  return {
    number: random.int(1, 180),
    kind: random.pick(STREET_KINDS),
    street: random.pick(STREET_NAMES),
    town,
    latitude: around(town.latitude),
    longitude: around(town.longitude),
  };
}

function bandOf(siren: string): StaffBand {
  const reserved = reservedOutcomeOf(siren);
  if (reserved === "partial_diffusion") return NOT_EMPLOYER;
  if (reserved !== null) return BAND_20_49;
  if (isHolding(siren)) return NOT_EMPLOYER;
  return seeded(siren, "band").weighted(WEIGHTED_BANDS);
}

function legalFormOf(siren: string, band: StaffBand): LegalForm {
  const reserved = reservedOutcomeOf(siren);
  if (reserved === "partial_diffusion") return SOLE_TRADER;
  if (reserved !== null || isHolding(siren)) return SAS;
  return seeded(siren, "legal-form").weighted(band.max >= 10 ? LARGE_FORMS : SMALL_FORMS);
}

function creationDate(siren: string): string {
  const random = seeded(siren, "creation");
  const [first, last] = random.weighted<readonly [number, number]>([
    [[1962, 1989], 12],
    [[1990, 2004], 28],
    [[2005, 2017], 37],
    [[2018, 2024], 23],
  ]);
  return isoDate(random.int(first, last), random.int(1, 12), random.int(1, 28));
}

function companyName(siren: string, activity: Activity): string {
  const random = seeded(siren, "name");
  const root = random.chance(0.6) ? founderSurname(siren) : random.pick(COINED);
  return `${random.pick(activity.trades)} ${root}`;
}

function acronymOf(siren: string, name: string): string | null {
  if (!hasTrait(siren, "acronym", 0.1)) return null;
  return name.split(" ").reduce((letters, word) => letters + word.slice(0, 2), "");
}

function soleTrader(siren: string): Person {
  return makePerson(seeded(siren, "sole-trader"), founderSurname(siren));
}

/** What everyone says of a company; null when no company can have this number. */
export function makeIdentity(siren: string): Identity | null {
  if (!/^\d{9}$/.test(siren) || siren === "000000000" || !passesLuhn(siren)) return null;
  if (reservedOutcomeOf(siren) === "not_found") return null;
  if (siren === MAUREPAS_SIREN) return MAUREPAS_IDENTITY;
  const activity = isHolding(siren) ? HOLDING : seeded(siren, "activity").pick(ACTIVITIES);
  const band = bandOf(siren);
  const legalForm = legalFormOf(siren, band);
  const person = legalForm === SOLE_TRADER ? soleTrader(siren) : null;
  const name = person
    ? registerCase(`${person.firstNames[0]} ${person.lastName}`)
    : companyName(siren, activity);
  return {
    siren,
    name: name + SYNTHETIC_SUFFIX,
    acronym: person ? null : acronymOf(siren, name),
    activity,
    legalForm,
    band,
    address: makeAddress(siren, "head-office"),
    createdOn: creationDate(siren),
    person,
  };
}
