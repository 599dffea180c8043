import type { Company } from "../companies/company.ts";
import type { Principal } from "../accounts/principal.ts";
import { BudgetReached } from "../usage/errors.ts";
import { type Spent, totalCredits } from "../usage/money.ts";
import { composeCompany } from "./compose-company.ts";
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
  SourceFault,
} from "./ports.ts";
import { recordCollection, type RecordDeps } from "./record-collection.ts";
import { readCopies, type Trace } from "./read-copies.ts";
import type { SourceName } from "./source.ts";
import type { Freshness } from "./source-state.ts";
import { isKnown, isSameCopy, type StoredCompany } from "./stored-company.ts";

export interface EnrichDeps extends RecordDeps {
  /** Fastest first. */
  layers: CompanyCacheLayer[];
  flights: EnrichmentFlights;
  contacts: ContactStore;
  now: () => number;
  /** Runs after the answer has left. */
  background: (work: Promise<unknown>) => void;
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
  /** Of the copy that answered, before any refresh. */
  freshness: Freshness;
  /** Personal data were collected for this very answer, and the audit has it. */
  recorded: boolean;
}

/** What is asked, and who pays for the calls it takes. */
interface Order extends EnrichInput {
  payer: string;
}

interface Obtained {
  result: RefreshResult;
  trail: Trace[];
  freshness: Freshness;
}

function asIs(stored: StoredCompany): RefreshResult {
  return { stored, asked: [], collected: [], faults: [], spent: {}, origin: "flight" };
}

async function refreshed(
  deps: EnrichDeps,
  order: Order,
  fallback: StoredCompany | null,
): Promise<RefreshResult> {
  const { siren, maxAgeMs, payer } = order;
  const sources = order.sources.filter((source) => source !== "kaspr");
  let result: RefreshResult;
  try {
    result = await deps.flights.refresh({ siren, sources, maxAgeMs, payer });
  } catch (error) {
    if (!isKnown(fallback)) throw new StorageUnavailable(error);
    const faults = sources.map((source) => ({ source, reason: "unavailable", retryAfterMs: null }) as const);
    return { ...asIs(fallback), faults };
  }
  await spread(deps, result.stored);
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

const NO_CONTACTS: ContactResult = { contacts: [], asked: false, bought: 0, fault: null, credits: 0 };

/** Contacts are bought only for a company that is known: one that answers 404 must cost nothing. */
async function obtainBoth(deps: EnrichDeps, order: Order): Promise<[Obtained, ContactResult]> {
  const { siren, linkedin, maxAgeMs, payer: organisationId } = order;
  if (!order.sources.includes("kaspr")) {
    return Promise.all([obtain(deps, order), listContacts(deps.contacts, organisationId, siren)]);
  }
  const obtained = await obtain(deps, order);
  if (!isKnown(obtained.result.stored)) return [obtained, NO_CONTACTS];
  const contacts = deps.flights.collectContacts({ organisationId, siren, linkedin, maxAgeMs });
  return [obtained, await contacts.catch(() => contactsUnavailable())];
}

/** Whoever paid gets what he paid for; whoever paid nothing is told why he does not get what he named. */
function ensureWithinBudget(faults: SourceFault[], spent: Spent): void {
  const refusal = faults.find(({ reason }) => reason === "budget_reached");
  if (refusal === undefined || totalCredits(spent) > 0) return;
  throw new BudgetReached(Math.ceil((refusal.retryAfterMs ?? 0) / 1_000));
}

/**
 * The company as the requested sources describe it, from the nearest copy that is fresh enough; otherwise
 * the sources are asked, once for all who ask at the same time. Throws `CompanyNotFound`, `BudgetReached`,
 * `EnrichmentUnavailable`, `StorageUnavailable` or `AuditUnavailable`.
 */
export async function enrichCompany(
  deps: EnrichDeps,
  actor: Principal,
  input: EnrichInput,
): Promise<Enriched> {
  const [obtained, contacts] = await obtainBoth(deps, { ...input, payer: actor.organisationId });
  const { result, trail, freshness } = obtained;
  const spent = contacts.credits > 0 ? { ...result.spent, kaspr: contacts.credits } : result.spent;
  deps.spend(spent);
  const faults = contacts.fault === null ? result.faults : [...result.faults, contacts.fault];
  ensureWithinBudget(faults, spent);
  const company = composeCompany({
    stored: result.stored,
    contacts: contacts.contacts,
    contactsAsked: contacts.asked,
    asked: result.asked,
    faults,
    now: deps.now(),
    provenance: input.provenance,
  });
  const recorded = await recordCollection(deps, actor, {
    siren: input.siren,
    sources: result.collected,
    credits: totalCredits(result.spent),
    contacts: { people: contacts.bought, credits: contacts.credits },
  });
  return { company, trail, freshness, recorded };
}
