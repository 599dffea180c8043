import { RegisterSourceNeeded } from "./errors.ts";
import type { SourceName } from "./source.ts";
import type { StoredCompany } from "./stored-company.ts";

/**
 * Contacts are looked up for known companies only. Throws `RegisterSourceNeeded` when nothing else was named and no
 * register was ever asked about this one.
 */
export function ensureRegisterNamed(stored: StoredCompany, named: readonly SourceName[]): void {
  const contactsOnly = named.length > 0 && named.every((source) => source === "kaspr");
  if (contactsOnly && stored.states.length === 0) throw new RegisterSourceNeeded();
}
