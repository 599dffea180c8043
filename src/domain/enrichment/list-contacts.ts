import type { ContactResult, ContactStore } from "./ports.ts";

/** The company still answers without its contacts, and says that they are missing. */
export function contactsUnavailable(): ContactResult {
  const fault = { source: "kaspr", reason: "unavailable", retryAfterMs: null } as const;
  return { contacts: [], asked: false, audit: "nothing", fault, credits: 0 };
}

/** An organisation's contacts of a company, as they are stored. */
export async function listContacts(
  store: ContactStore,
  organisationId: string,
  siren: string,
): Promise<ContactResult> {
  try {
    const contacts = await store.list(organisationId, siren);
    return { contacts, asked: false, audit: "nothing", fault: null, credits: 0 };
  } catch {
    return contactsUnavailable();
  }
}
