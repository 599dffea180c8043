import type { ContactResult, ContactStore } from "./ports.ts";

/** An organisation's contacts of a company; when they can't be read the company still answers, and says so. */
export async function listContacts(
  store: ContactStore,
  organisationId: string,
  siren: string,
): Promise<ContactResult> {
  try {
    return { contacts: await store.list(organisationId, siren), fault: null, credits: 0 };
  } catch {
    const fault = { source: "kaspr", reason: "unavailable", retryAfterMs: null } as const;
    return { contacts: [], fault, credits: 0 };
  }
}
