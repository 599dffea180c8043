import type { Company } from "../companies/company.ts";
import type { Principal } from "../accounts/principal.ts";
import type { RequestOrigin } from "../audit/audit-record.ts";
import { AuditUnavailable } from "../audit/errors.ts";
import { BudgetReached } from "../usage/errors.ts";
import { type Spent, totalCredits } from "../usage/money.ts";
import { composeCompany } from "./compose-company.ts";
import { ensureRegisterNamed } from "./ensure-register-named.ts";
import { StorageUnavailable } from "./errors.ts";
import { freshnessFor } from "./freshness.ts";
import { contactsUnavailable, listContacts } from "./list-contacts.ts";
import type {
  CompanyCacheLayer,
  ContactResult,
  ContactStore,
  EnrichmentFlights,
  LinkedinProfile,
  RefreshResult,
  Requester,
  SourceFault,
} from "./ports.ts";
import { readCopies, type Trace } from "./read-copies.ts";
import type { SourceName } from "./source.ts";
import type { Freshness } from "./source-state.ts";
import { isKnown, isSameCopy, type StoredCompany } from "./stored-company.ts";

export interface EnrichDeps {
  /** Fastest first. */
  layers: CompanyCacheLayer[];
  flights: EnrichmentFlights;
  contacts: ContactStore;
  /** Where the request comes from, for the audit. */
  origin: RequestOrigin;
  now: () => number;
  /** Runs after the answer has left. */
  background: (work: Promise<unknown>) => void;
  /** Asks the chain of the audit to take what was just recorded. */
  poke: () => void;
  /** Told once what was spent, also when the enrichment then fails. */
  spend: (spent: Spent) => void;
}

export interface EnrichInput {
  siren: string;
  sources: SourceName[];
  maxAgeMs: number | null;
  linkedin: LinkedinProfile[];
  provenance: boolean;
}

export interface Enriched {
  company: Company;
  trail: Trace[];
  /** By this request or by one that it joined. */
  asked: SourceName[];
  /** Of the copy that answered, before any refresh. */
  freshness: Freshness;
}

interface Order extends EnrichInput {
  requester: Requester;
}

interface Obtained {
  result: RefreshResult;
  trail: Trace[];
  freshness: Freshness;
}

function asIs(stored: StoredCompany): RefreshResult {
  return { stored, asked: [], audit: "nothing", faults: [], spent: {}, origin: "flight" };
}

async function refreshed(
  deps: EnrichDeps,
  order: Order,
  fallback: StoredCompany | null,
): Promise<RefreshResult> {
  const { siren, maxAgeMs, requester } = order;
  const sources = order.sources.filter((source) => source !== "kaspr");
  let result: RefreshResult;
  try {
    result = await deps.flights.refresh({ siren, sources, maxAgeMs, requester, patience: "request" });
  } catch (error) {
    if (!isKnown(fallback)) throw new StorageUnavailable(error);
    const faults = sources.map((source) => ({ source, reason: "unavailable", retryAfterMs: null }) as const);
    return { ...asIs(fallback), faults };
  }
  if (result.audit === "recorded") deps.poke();
  if (result.audit !== "owed") await spread(deps, result.stored);
  return result;
}

/** The refresh itself wrote KV. Of all who waited for it in this isolate, the first fills the nearer levels. */
async function spread(deps: EnrichDeps, stored: StoredCompany): Promise<void> {
  const [nearest, ...others] = deps.layers.filter(({ name }) => name !== "kv");
  if (nearest === undefined || isSameCopy(await nearest.read(stored.siren), stored)) return;
  await nearest.write(stored);
  for (const layer of others) deps.background(layer.write(stored));
}

async function obtain(deps: EnrichDeps, order: Order): Promise<Obtained> {
  const { stored, trail } = await readCopies(deps.layers, order.siren);
  const sources = order.sources.filter((source) => source !== "kaspr");
  const freshness = freshnessFor(stored, { sources, maxAgeMs: order.maxAgeMs }, deps.now());
  if (stored !== null && freshness === "fresh") return { result: asIs(stored), trail, freshness };
  // "No such company" is not served past its time: it may have been registered since.
  if (isKnown(stored) && freshness === "stale") {
    deps.background(refreshed(deps, order, stored));
    return { result: asIs(stored), trail, freshness };
  }
  const missed = trail.map(({ level }) => ({ level, hit: false }));
  const result = await refreshed(deps, order, stored);
  const levels = [...missed, { level: "postgres", hit: result.origin !== "sources" }];
  return { result, trail: levels, freshness };
}

const NO_CONTACTS: ContactResult = { contacts: [], asked: false, audit: "nothing", fault: null, credits: 0 };

/** Contacts are bought only for a company that is known: one that answers 404 must cost nothing. */
async function obtainBoth(deps: EnrichDeps, order: Order): Promise<[Obtained, ContactResult]> {
  const { siren, linkedin, maxAgeMs, requester } = order;
  if (!order.sources.includes("kaspr")) {
    return Promise.all([obtain(deps, order), listContacts(deps.contacts, requester.organisationId, siren)]);
  }
  const obtained = await obtain(deps, order);
  const { stored, audit } = obtained.result;
  if (!isKnown(stored) || audit === "owed") return [obtained, NO_CONTACTS];
  const asked = deps.flights.collectContacts({ requester, siren, linkedin, maxAgeMs });
  const contacts = await asked.catch(() => contactsUnavailable());
  if (contacts.audit === "recorded") deps.poke();
  return [obtained, contacts];
}

/** Whoever paid gets what he paid for; whoever paid nothing is told why he does not get what he named. */
function ensureWithinBudget(faults: SourceFault[], spent: Spent): void {
  const refusal = faults.find(({ reason }) => reason === "budget_reached");
  if (refusal === undefined || totalCredits(spent) > 0) return;
  throw new BudgetReached(Math.ceil((refusal.retryAfterMs ?? 0) / 1_000));
}

/**
 * The company as the requested sources describe it, from the nearest copy that is fresh enough; otherwise
 * the sources are asked, once for all who ask at the same time. Throws `CompanyNotFound`, `RegisterSourceNeeded`,
 * `BudgetReached`, `EnrichmentUnavailable`, `StorageUnavailable` or `AuditUnavailable`.
 */
export async function enrichCompany(
  deps: EnrichDeps,
  { organisationId, actor }: Principal,
  input: EnrichInput,
): Promise<Enriched> {
  const requester = { organisationId, actor, origin: deps.origin };
  const [obtained, contacts] = await obtainBoth(deps, { ...input, requester });
  const { result, trail, freshness } = obtained;
  const spent = contacts.credits > 0 ? { ...result.spent, kaspr: contacts.credits } : result.spent;
  deps.spend(spent);
  const faults = contacts.fault === null ? result.faults : [...result.faults, contacts.fault];
  if (result.audit === "owed" || contacts.audit === "owed")
    throw new AuditUnavailable("collection not recorded");
  ensureWithinBudget(faults, spent);
  ensureRegisterNamed(result.stored, input.sources);
  const company = composeCompany({
    stored: result.stored,
    contacts: contacts.contacts,
    contactsAsked: contacts.asked,
    asked: result.asked,
    faults,
    now: deps.now(),
    provenance: input.provenance,
  });
  const asked = contacts.asked ? [...result.asked, "kaspr" as const] : result.asked;
  return { company, trail, asked, freshness };
}
