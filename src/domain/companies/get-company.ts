import type { Principal } from "../accounts/principal.ts";
import { composeCompany } from "../enrichment/compose-company.ts";
import { CompanyNotFound } from "../enrichment/errors.ts";
import { listContacts } from "../enrichment/list-contacts.ts";
import type { CompanyCacheLayer, ContactStore } from "../enrichment/ports.ts";
import { readCopies, type Trace } from "../enrichment/read-copies.ts";
import { isKnown, type StoredCompany } from "../enrichment/stored-company.ts";
import type { Company } from "./company.ts";

export interface GetCompanyDeps {
  /** Fastest first; the last one is Postgres. */
  layers: CompanyCacheLayer[];
  contacts: ContactStore;
  now: () => number;
}

export interface FoundCompany {
  company: Company;
  /** The copy it was made from. */
  stored: StoredCompany;
  trail: Trace[];
}

/** The company as it is stored: asks no source, costs nothing. Throws `CompanyNotFound`. */
export async function getCompany(
  deps: GetCompanyDeps,
  actor: Principal,
  input: { siren: string; provenance: boolean },
): Promise<FoundCompany> {
  const [{ stored, trail }, contacts] = await Promise.all([
    readCopies(deps.layers, input.siren, isKnown),
    listContacts(deps.contacts, actor.organisationId, input.siren),
  ]);
  if (!isKnown(stored)) throw new CompanyNotFound({ asked: false });
  const company = composeCompany({
    stored,
    contacts: contacts.contacts,
    contactsAsked: false,
    asked: [],
    faults: contacts.fault === null ? [] : [contacts.fault],
    now: deps.now(),
    provenance: input.provenance,
  });
  return { company, stored, trail };
}
