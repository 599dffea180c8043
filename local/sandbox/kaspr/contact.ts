import type { SandboxCompany } from "../world/company.ts";
import { DURAND_SIREN } from "../world/documented-sirens.ts";
import { slugOf } from "../world/make-company.ts";
import { registerCase } from "../world/person-names.ts";
import { hasTrait, seeded } from "../world/random.ts";
import type { World } from "../world/world.ts";

/** What the contact base holds of one profile, bought or not. */
export interface ContactRecord {
  slug: string;
  firstName: string;
  lastName: string;
  title: string;
  location: string;
  workEmail: string | null;
  personalEmail: string | null;
  phone: string | null;
  company: string;
  domain: string;
  industry: string;
  /** The base knows it has the datum and will not sell it: only the masked form shows. */
  workEmailWithheld: boolean;
}

const DURAND_SLUG = "michel-durand-1a2b3c";

const DURAND: ContactRecord = {
  slug: DURAND_SLUG,
  firstName: "Michel",
  lastName: "Durand",
  title: "Président",
  location: "Lyon, Auvergne-Rhône-Alpes, France",
  workEmail: "m.durand@ateliers-durand.example",
  personalEmail: null,
  phone: "+33 6 12 34 56 78",
  company: "ATELIERS DURAND",
  domain: "ateliers-durand.example",
  industry: "Machinery",
  workEmailWithheld: false,
};

/** The company a slug speaks of: the nine digits it holds, as in `marie-petit-552081317`. */
export function sirenOfSlug(slug: string): string | null {
  if (slug === DURAND_SLUG) return DURAND_SIREN;
  return /(?<!\d)\d{9}(?!\d)/.exec(slug)?.[0] ?? null;
}

const MISSING = new Set(["not-found", "unknown"]);
const ALWAYS_KNOWN = new Set(["no-phone", "no-credits"]);

function isUnknown(slug: string): boolean {
  if (ALWAYS_KNOWN.has(slug)) return false;
  return MISSING.has(slug) || (sirenOfSlug(slug) === null && hasTrait(slug, "kaspr-unknown", 0.1));
}

function emailPart(text: string): string {
  return registerCase(text)
    .toLowerCase()
    .replace(/[^a-z]/g, "");
}

function mobile(slug: string): string {
  const digits = String(seeded(slug, "mobile").int(0, 9999)).padStart(4, "0");
  // 06 39 98 is kept by the French regulator for fiction.
  return `+33 6 39 98 ${digits.slice(0, 2)} ${digits.slice(2)}`;
}

type Employment = Pick<ContactRecord, "title" | "location" | "company" | "domain" | "industry">;

const ANY_TITLE = ["Directeur général", "Directrice financière", "Gérant"] as const;

/** At a company of the sandbox, in the function the registers give to someone of that name. */
function employedBy(company: SandboxCompany, slug: string, lastName: string): Employment {
  const officer = company.officers.find(
    (one) => one.kind === "person" && registerCase(one.lastName) === registerCase(lastName),
  );
  const { town } = company.address;
  return {
    title: officer?.role.pappers ?? seeded(slug, "title").pick(ANY_TITLE),
    location: `${town.name}, ${town.region.name}, France`,
    company: company.name,
    domain: company.website?.replace("https://www.", "") ?? `${slugOf(company.name)}.example`,
    industry: company.activity.label,
  };
}

function employedSomewhere(slug: string): Employment {
  return {
    title: seeded(slug, "title").pick(ANY_TITLE),
    location: "France",
    company: "SOCIETE (FICTIF)",
    domain: `${slugOf(slug)}.example`,
    industry: "Services",
  };
}

/** The record of a slug, null when the base does not know it. */
export function findContact(world: World, slug: string, fullName: string): ContactRecord | null {
  if (slug === DURAND_SLUG) return DURAND;
  const siren = sirenOfSlug(slug);
  const employer = siren === null ? null : world.find(siren);
  if (isUnknown(slug) || (siren !== null && employer === null)) return null;
  const [firstName = "", ...rest] = fullName.trim().split(/\s+/);
  const lastName = rest.join(" ") || firstName;
  const employment = employer ? employedBy(employer, slug, lastName) : employedSomewhere(slug);
  const random = seeded(slug, "contact");
  const email = `${emailPart(firstName).slice(0, 1)}.${emailPart(lastName)}@${employment.domain}`;
  return {
    slug,
    firstName,
    lastName,
    ...employment,
    workEmail: random.chance(0.85) ? email : null,
    personalEmail: random.chance(0.3) ? `${emailPart(lastName)}@courriel.example` : null,
    phone: random.chance(0.7) ? mobile(slug) : null,
    workEmailWithheld: hasTrait(slug, "kaspr-withheld", 0.12),
  };
}
