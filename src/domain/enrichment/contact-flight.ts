import type { ActContext, AuditRecord } from "../audit/audit-record.ts";
import type { AuditTrail } from "../audit/ports.ts";
import type { CalledAnswer } from "./call-source.ts";
import { collectionRecord } from "./collection-record.ts";
import { OwedRecords } from "./owed-records.ts";
import type {
  CollectedContact,
  ContactRequest,
  ContactResult,
  ContactStore,
  EnrichmentLog,
  LinkedinProfile,
  SourceFailure,
  SourceFault,
} from "./ports.ts";
import { NOT_FOUND_TTL_MS, SOURCE_POLICIES } from "./source-policy.ts";
import { errorKind } from "../../lib/error-kind.ts";

export interface ContactFlightDeps {
  store: ContactStore;
  /** For records that could not go with a save. */
  trail: AuditTrail;
  ask: (siren: string, person: LinkedinProfile, payer: string) => Promise<CalledAnswer>;
  now: () => number;
  newId: ActContext["newId"];
  log: EnrichmentLog;
  /** Takes why a save failed, for who mends the code. */
  overcame: (error: unknown) => void;
}

const SOURCE = "kaspr";

/** The contacts of one company for one organisation; requests at the same time share one lookup per person. */
export class ContactFlight {
  readonly #deps: ContactFlightDeps;
  #running: Promise<unknown> = Promise.resolve();
  #unsaved: CollectedContact[] = [];
  readonly #owed: OwedRecords;

  constructor(deps: ContactFlightDeps) {
    this.#deps = deps;
    this.#owed = new OwedRecords(deps);
  }

  /** One after the other: the second request finds what the first one stored. */
  async collect(request: ContactRequest): Promise<ContactResult> {
    const arrived = this.#deps.now();
    const result = this.#running.then(() => this.#collect(request, arrived));
    this.#running = result.catch(() => null);
    return result;
  }

  async #collect(request: ContactRequest, arrived: number): Promise<ContactResult> {
    const { requester, siren, linkedin } = request;
    if (!this.#owed.isEmpty) await this.#owed.settle();
    const nothing = { contacts: [], asked: false, audit: "nothing", credits: 0, fault: null } as const;
    // What can't be recorded can't be given: nothing more is bought.
    if (!this.#owed.isEmpty) return { ...nothing, contacts: [], audit: "owed" };
    const known = this.#withUnsaved(await this.#deps.store.list(requester.organisationId, siren));
    if (linkedin.length === 0 && known.length === 0) {
      return { ...nothing, contacts: [], fault: fault("linkedin_profile_required", null) };
    }
    const due = linkedin.filter((person) => !this.#isFresh(known, person, { request, arrived }));
    if (due.length === 0) return { ...nothing, contacts: known };
    const lookups = await this.#lookUp(request, due);
    await this.#save(request, lookups);
    const { collected, bought, credits, failure } = lookups;
    return {
      contacts: merge(known, collected),
      asked: true,
      audit: this.#owed.isEmpty ? (bought > 0 ? "recorded" : "nothing") : "owed",
      credits,
      fault: failure === null ? null : fault(failure.reason, failure.retryAfterMs),
    };
  }

  /** One person, one pass through the gate; what stops one would stop the next. */
  async #lookUp({ requester, siren }: ContactRequest, due: LinkedinProfile[]): Promise<Lookups> {
    const lookups: Lookups = { collected: [], bought: 0, credits: 0, failure: null };
    for (const person of due) {
      const answer = await this.#deps.ask(siren, person, requester.organisationId);
      lookups.credits += answer.credits;
      this.#logAnswer(siren, answer);
      if (answer.kind === "found") lookups.bought += 1;
      if (answer.kind !== "failed") lookups.collected.push(this.#contactOf(person, answer));
      else {
        lookups.failure = answer.failure;
        if (answer.failure.reason !== "rejected") break;
      }
    }
    return lookups;
  }

  /** What Postgres does not take has been paid for all the same: it is kept here and goes with the next save. */
  async #save(request: ContactRequest, lookups: Lookups): Promise<void> {
    const waiting = merge(this.#unsaved, lookups.collected);
    if (waiting.length === 0) return;
    const { requester, siren } = request;
    this.#owed.add(this.#recordsOf(request, lookups));
    try {
      const place = { organisationId: requester.organisationId, siren };
      await this.#deps.store.save(place, waiting, this.#owed.list);
      this.#unsaved = [];
      this.#owed.clear();
    } catch (error) {
      this.#unsaved = waiting;
      this.#deps.log.event("contacts_not_stored", {
        siren,
        contacts: waiting.length,
        error: errorKind(error),
      });
      this.#deps.overcame(error);
      await this.#owed.settle();
    }
  }

  #recordsOf({ requester, siren }: ContactRequest, { bought: people, credits }: Lookups): AuditRecord[] {
    if (people === 0) return [];
    const at = { siren, now: this.#deps.now(), newId: this.#deps.newId };
    return [collectionRecord(requester, at, { action: "contacts.collected", details: { people, credits } })];
  }

  #withUnsaved(known: CollectedContact[]): CollectedContact[] {
    return this.#unsaved.length === 0 ? known : merge(known, this.#unsaved);
  }

  #isFresh(
    known: CollectedContact[],
    person: LinkedinProfile,
    { request, arrived }: { request: ContactRequest; arrived: number },
  ): boolean {
    const contact = known.find(({ linkedin }) => linkedin === person.profil);
    if (contact === undefined) return false;
    const collectedAt = Date.parse(contact.collected_at);
    if (request.maxAgeMs === null) return this.#deps.now() < Date.parse(contact.fresh_until);
    return collectedAt >= arrived || this.#deps.now() - collectedAt <= request.maxAgeMs;
  }

  /** A person nobody knows is kept as an empty contact, so that the next request does not pay again. */
  #contactOf(
    { nom, profil }: LinkedinProfile,
    answer: Exclude<CalledAnswer, { kind: "failed" }>,
  ): CollectedContact {
    const now = this.#deps.now();
    const [contact] = answer.kind === "found" ? (answer.record.contacts ?? []) : [];
    const ttl = contact === undefined ? NOT_FOUND_TTL_MS : SOURCE_POLICIES[SOURCE].ttlMs;
    const nothing = { nom, fonction: null, email_professionnel: null, telephone: null, source: SOURCE };
    return {
      ...nothing,
      collected_at: new Date(now).toISOString(),
      ...contact,
      linkedin: profil,
      fresh_until: new Date(now + ttl).toISOString(),
    };
  }

  #logAnswer(siren: string, answer: CalledAnswer): void {
    this.#deps.log.event("source_asked", {
      siren,
      source: SOURCE,
      outcome: answer.kind === "failed" ? answer.failure.reason : answer.kind,
      calls: answer.calls,
      credits: answer.credits,
      duration_ms: answer.durationMs,
    });
  }
}

interface Lookups {
  collected: CollectedContact[];
  bought: number;
  credits: number;
  failure: SourceFailure | null;
}

function merge(older: CollectedContact[], newer: CollectedContact[]): CollectedContact[] {
  const kept = older.filter(({ linkedin }) => !newer.some((one) => one.linkedin === linkedin));
  return [...kept, ...newer];
}

function fault(reason: SourceFault["reason"], retryAfterMs: number | null): SourceFault {
  return { source: SOURCE, reason, retryAfterMs };
}
