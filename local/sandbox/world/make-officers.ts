import { addDays, isoDate, REFERENCE_DATE, yearOf } from "./calendar.ts";
import type { CompanyOfficer, Identity, Officer, PersonOfficer } from "./company.ts";
import { AUDITOR, type Role, SAS } from "./legal-forms.ts";
import { founderSurname, holdingAbove, makeAddress, makeIdentity } from "./make-identity.ts";
import { makePerson } from "./make-person.ts";
import { hasTrait, type Random, seeded } from "./random.ts";
import { TOWNS } from "./towns.ts";

const LAST_APPOINTMENT = "2026-06-30";

function appointmentDate(random: Random, identity: Identity, birthYear: number): string {
  const adult = isoDate(birthYear + 23, 1, 15);
  const earliest = adult > identity.createdOn ? adult : identity.createdOn;
  const days = Math.floor((Date.parse(LAST_APPOINTMENT) - Date.parse(earliest)) / 86_400_000);
  // Half of the officers came with the company, or as soon as they could.
  return days <= 0 || random.chance(0.5) ? earliest : addDays(earliest, random.int(0, days));
}

function personOfficer(identity: Identity, role: Role, topic: string): PersonOfficer {
  const random = seeded(identity.siren, topic);
  const ownName = random.chance(topic === "head" ? 0.7 : 0.4);
  const person = identity.person ?? makePerson(random, ownName ? founderSurname(identity.siren) : undefined);
  const home = random.chance(0.6) ? identity.address.town : random.pick(TOWNS);
  return {
    ...person,
    kind: "person",
    role,
    since: identity.person ? identity.createdOn : appointmentDate(random, identity, yearOf(person.birthDate)),
    birthTown: random.pick(TOWNS).name,
    home: { postalCode: home.postalCode, town: home.name },
  };
}

function holdingOfficer(identity: Identity, role: Role): CompanyOfficer | null {
  const holding = makeIdentity(holdingAbove(identity.siren));
  if (holding === null) return null;
  const born = holding.createdOn > identity.createdOn ? holding.createdOn : identity.createdOn;
  return {
    kind: "company",
    role,
    since: born < REFERENCE_DATE ? born : LAST_APPOINTMENT,
    siren: holding.siren,
    name: holding.name,
    address: holding.address,
  };
}

function companyWithoutSiren(identity: Identity, role: Role): CompanyOfficer {
  const random = seeded(identity.siren, "foreign-body");
  return {
    kind: "company",
    role,
    since: identity.createdOn,
    siren: null,
    name: random.pick(["INDIVISION FAMILIALE (FICTIF)", "BETEILIGUNGS GMBH (FICTIF)"]),
    address: makeAddress(identity.siren, "foreign-body"),
  };
}

function auditor(identity: Identity): CompanyOfficer {
  return {
    ...companyWithoutSiren(identity, AUDITOR),
    name: `AUDIT ${seeded(identity.siren, "auditor").pick(["ET CONSEILS", "ASSOCIES", "DU CENTRE"])} (FICTIF)`,
  };
}

function heads(identity: Identity): Officer[] {
  const { siren, legalForm, activity } = identity;
  const holding =
    legalForm === SAS && activity.section !== "K" && hasTrait(siren, "held", 0.28)
      ? holdingOfficer(identity, legalForm.head)
      : null;
  if (holding === null) return [personOfficer(identity, legalForm.head, "head")];
  // Behind some holdings no person shows at all.
  return hasTrait(siren, "head-behind-holding", 0.65)
    ? [holding, personOfficer(identity, legalForm.second, "head")]
    : [holding];
}

/** Presidents and managers first; auditors, which are no officers but come in the same lists, last. */
export function makeOfficers(identity: Identity): Officer[] {
  const { siren, legalForm, band } = identity;
  const officers = heads(identity);
  if (identity.person) return officers;
  if (!legalForm.singleOwner && hasTrait(siren, "second-officer", 0.38)) {
    officers.push(personOfficer(identity, legalForm.second, "second"));
  }
  if (hasTrait(siren, "officer-without-siren", 0.015)) {
    officers.push(companyWithoutSiren(identity, legalForm.second));
  }
  if (band.min >= 20 && hasTrait(siren, "auditor", 0.6)) officers.push(auditor(identity));
  return officers;
}
