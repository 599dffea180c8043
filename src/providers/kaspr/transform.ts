import type { Contact } from "../../domain/companies/company.ts";
import type { KasprProfile } from "./schema.ts";

/** One export, then one credit for each datum obtained. */
const EXPORT_CREDITS = 1;

export interface Collected {
  nom: string;
  slug: string;
  /** Instant, RFC 3339. */
  at: string;
}

/** Business contact data only: personal addresses are neither asked for nor read. */
export function toContact(profile: KasprProfile, { nom, slug, at }: Collected): Contact {
  return {
    nom: profile.name ?? nom,
    fonction: profile.title,
    email_professionnel: firstClear([
      ...(profile.professionalEmails ?? []),
      profile.professionalEmail,
      profile.starryProfessionalEmail,
    ]),
    telephone: firstClear([...(profile.phones ?? []), profile.phone, profile.starryPhone]),
    linkedin: slug,
    source: "kaspr",
    collected_at: at,
  };
}

/** Stars stand for what was not bought: such a value is not a contact. */
function firstClear(values: readonly (string | null)[]): string | null {
  return values.find((value) => value !== null && !value.includes("*")) ?? null;
}

export function creditsFor(contact: Contact): number {
  const obtained = [contact.email_professionnel, contact.telephone].filter((datum) => datum !== null);
  return obtained.length + EXPORT_CREDITS;
}
