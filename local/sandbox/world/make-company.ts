import { addDays, isoDate, REFERENCE_DATE } from "./calendar.ts";
import type { Establishment, Filing, Identity, Procedure, SandboxCompany } from "./company.ts";
import { siretOf } from "./identifiers.ts";
import { makeConsolidated, makeFilings, headcountOf } from "./make-filings.ts";
import { makeAddress, makeIdentity } from "./make-identity.ts";
import { makeNotices } from "./make-notices.ts";
import { makeOfficers } from "./make-officers.ts";
import { registerCase } from "./person-names.ts";
import { hasTrait, seeded } from "./random.ts";
import { reservedOutcomeOf } from "./reserved.ts";
import { NOT_EMPLOYER } from "./staff-bands.ts";
import { SYNTHETIC_SUFFIX } from "./synthetic-name.ts";

function ceasedOn({ siren, createdOn }: Identity): string | null {
  if (reservedOutcomeOf(siren) !== null || !hasTrait(siren, "ceased", 0.03)) return null;
  const random = seeded(siren, "cessation");
  const date = isoDate(random.int(2023, 2026), random.int(1, 10), random.int(1, 28));
  return date > addDays(createdOn, 400) ? date : addDays(createdOn, 500);
}

function procedureOf({ siren, person }: Identity, ceased: string | null): Procedure | null {
  if (person || reservedOutcomeOf(siren) !== null) return null;
  const random = seeded(siren, "procedure");
  if (ceased !== null) {
    if (!random.chance(0.3)) return null;
    return {
      kind: "liquidation_judiciaire",
      openedOn: addDays(ceased, -300),
      closedOn: addDays(ceased, -15),
    };
  }
  if (!hasTrait(siren, "procedure", 0.02)) return null;
  const kind = random.weighted<Procedure["kind"]>([
    ["redressement_judiciaire", 50],
    ["liquidation_judiciaire", 30],
    ["sauvegarde", 20],
  ]);
  const openedOn = isoDate(random.int(2024, 2026), random.int(1, 9), random.int(1, 28));
  const ends = kind !== "liquidation_judiciaire" && random.chance(0.25);
  const closedOn = ends ? addDays(openedOn, random.int(120, 360)) : null;
  return { kind, openedOn, closedOn: closedOn !== null && closedOn < REFERENCE_DATE ? closedOn : null };
}

function makeEstablishments(identity: Identity, ceased: string | null): Establishment[] {
  const { siren, address, createdOn, band } = identity;
  const random = seeded(siren, "establishments");
  const others = random.weighted<number>([
    [0, 58],
    [1, 24],
    [2, 10],
    [band.min >= 50 ? 6 : 3, 8],
  ]);
  const head: Establishment = {
    siret: siretOf(siren, others + 1),
    headOffice: true,
    address,
    openedOn: createdOn,
    closedOn: ceased,
    band,
  };
  const rest = Array.from({ length: others }, (_, index): Establishment => {
    const openedOn = addDays(createdOn, 30 * index);
    const closed = random.chance(0.4) ? addDays(openedOn, 800) : null;
    return {
      siret: siretOf(siren, index + 1),
      headOffice: false,
      address: random.chance(0.5)
        ? { ...address, number: address.number + 2 }
        : makeAddress(siren, `${index}`),
      openedOn,
      closedOn: closed !== null && closed < REFERENCE_DATE ? closed : ceased,
      band: NOT_EMPLOYER,
    };
  });
  return [head, ...rest];
}

function categoryOf(headcount: number, filings: readonly Filing[]): SandboxCompany["category"] {
  const turnover = filings[0]?.turnover ?? 0;
  if (headcount >= 5000 || turnover > 1_500_000_000) return "GE";
  return headcount >= 250 || turnover > 50_000_000 ? "ETI" : "PME";
}

function capitalOf({ siren, legalForm, band, person }: Identity): number | null {
  if (person) return null;
  const random = seeded(siren, "capital");
  const base = random.pick([1000, 5000, 7622, 8000, 10_000, 15_000, 37_000, 50_000]);
  const scaled = base * (band.min >= 50 ? 40 : band.min >= 10 ? 5 : 1);
  return legalForm.code === "5599" ? Math.max(37_000, scaled) : scaled;
}

function websiteOf({ siren, name }: Identity): string | null {
  if (!hasTrait(siren, "website", 0.55)) return null;
  return `https://www.${slugOf(name)}.example`;
}

/** "ATELIERS LE GOFF (FICTIF)" → "ateliers-le-goff" */
export function slugOf(name: string): string {
  return registerCase(name)
    .replace(SYNTHETIC_SUFFIX, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
}

/** Everything there is to know of a SIREN; null when no company has this number. */
export function makeCompany(siren: string): SandboxCompany | null {
  const identity = makeIdentity(siren);
  if (identity === null) return null;
  const ceased = ceasedOn(identity);
  const filings = makeFilings(identity, ceased);
  const procedure = procedureOf(identity, ceased);
  const officers = makeOfficers(identity);
  const notices = makeNotices({ identity, officers, filings, procedure, ceasedOn: ceased });
  const reserved = reservedOutcomeOf(siren);
  const headcount = headcountOf(identity);
  return {
    ...identity,
    ceasedOn: ceased,
    partialDiffusion:
      reserved === "partial_diffusion" ||
      (reserved === null && hasTrait(siren, "partial-diffusion", identity.person ? 0.12 : 0.01)),
    staffYear: 2024,
    headcount,
    category: categoryOf(headcount, filings),
    capital: capitalOf(identity),
    purpose: identity.activity.label,
    officers,
    establishments: makeEstablishments(identity, ceased),
    filings,
    consolidated: makeConsolidated(siren, filings),
    procedure,
    notices,
    noticesAtPappers: notices,
    website: websiteOf(identity),
    updatedOn: addDays(REFERENCE_DATE, -seeded(siren, "update").int(2, 400)),
  };
}
