import type { ContactRecord } from "./contact.ts";
import type { Pool } from "./credit-pools.ts";

/** `j***@company.example` */
function maskedEmail(email: string): string {
  return `${email.slice(0, 1)}***${email.slice(email.indexOf("@"))}`;
}

/** `+336****5678` */
function maskedPhone(phone: string): string {
  const digits = phone.replace(/\s/g, "");
  return `${digits.slice(0, 4)}****${digits.slice(-4)}`;
}

function bought(value: string | null, isBought: boolean): string[] {
  return value !== null && isBought ? [value] : [];
}

function starry(value: string | null, isBought: boolean, mask: (value: string) => string): string | null {
  if (value === null) return null;
  return isBought ? value : mask(value);
}

/** The fields the call obtains, which are those it pays for. */
export function obtainedFields(contact: ContactRecord, asked: ReadonlySet<string>): Pool[] {
  const fields: Pool[] = [];
  if (asked.has("workEmail") && contact.workEmail !== null && !contact.workEmailWithheld)
    fields.push("workEmail");
  if (asked.has("personalEmail") && contact.personalEmail !== null) fields.push("personalEmail");
  if (asked.has("phone") && contact.phone !== null) fields.push("phone");
  return fields;
}

export function profileJson(contact: ContactRecord, name: string, obtained: readonly Pool[]) {
  const { workEmail, personalEmail, phone } = contact;
  const has = (pool: Pool) => obtained.includes(pool);
  return {
    id: contact.slug,
    name,
    firstName: contact.firstName,
    lastName: contact.lastName,
    title: contact.title,
    location: contact.location,
    professionalEmails: bought(workEmail, has("workEmail")),
    starryProfessionalEmail: starry(workEmail, has("workEmail"), maskedEmail),
    personalEmails: bought(personalEmail, has("personalEmail")),
    starryPersonalEmail: starry(personalEmail, has("personalEmail"), maskedEmail),
    phones: bought(phone, has("phone")),
    starryPhone: starry(phone, has("phone"), maskedPhone),
    company: {
      name: contact.company,
      domains: [contact.domain],
      industryName: contact.industry,
      industries: [contact.industry],
    },
  };
}
