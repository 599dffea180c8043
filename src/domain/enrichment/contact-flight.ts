import type { CalledAnswer } from "./call-source.ts";
import type {
  CollectedContact,
  ContactRequest,
  ContactResult,
  ContactStore,
  LinkedinProfile,
  SourceFault,
} from "./ports.ts";
import { NOT_FOUND_TTL_MS, SOURCE_POLICIES } from "./source-policy.ts";

export interface ContactFlightDeps {
  store: ContactStore;
  ask: (siren: string, linkedin: LinkedinProfile[]) => Promise<CalledAnswer>;
  now: () => number;
}

const SOURCE = "kaspr";

/** The contacts of one company for one organisation; requests at the same time share one lookup per person. */
export class ContactFlight {
  readonly #deps: ContactFlightDeps;
  #running: Promise<unknown> = Promise.resolve();

  constructor(deps: ContactFlightDeps) {
    this.#deps = deps;
  }

  /** One after the other: the second request finds what the first one stored. */
  async collect(request: ContactRequest): Promise<ContactResult> {
    const arrived = this.#deps.now();
    const result = this.#running.then(() => this.#collect(request, arrived));
    this.#running = result.catch(() => null);
    return result;
  }

  async #collect(request: ContactRequest, arrived: number): Promise<ContactResult> {
    const { organisationId, siren } = request;
    const known = await this.#deps.store.list(organisationId, siren);
    const due = request.linkedin.filter((person) => !this.#isFresh(known, person, { request, arrived }));
    if (request.linkedin.length === 0 && known.length === 0) {
      return { contacts: [], credits: 0, fault: fault("linkedin_profile_required", null) };
    }
    if (due.length === 0) return { contacts: known, credits: 0, fault: null };
    const answer = await this.#deps.ask(siren, due);
    if (answer.kind === "failed") {
      const { reason, retryAfterMs } = answer.failure;
      return { contacts: known, credits: answer.credits, fault: fault(reason, retryAfterMs) };
    }
    const collected = this.#collected(due, answer);
    await this.#deps.store.save(organisationId, siren, collected);
    const contacts = await this.#deps.store.list(organisationId, siren);
    const unasked = collected.length < due.length;
    return { contacts, credits: answer.credits, fault: unasked ? fault("unavailable", null) : null };
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

  /**
   * A person nobody knows is kept as an empty contact, so that the next request does not pay again; of a partial
   * answer only those found are kept, as the others may not have been looked up.
   */
  #collected(due: LinkedinProfile[], answer: Exclude<CalledAnswer, { kind: "failed" }>): CollectedContact[] {
    const found = answer.kind === "found" ? (answer.record.contacts ?? []) : [];
    const now = this.#deps.now();
    const until = (ttl: number): string => new Date(now + ttl).toISOString();
    return due.flatMap(({ nom, profil }) => {
      const contact = found.find(({ linkedin }) => linkedin === profil);
      if (contact !== undefined) {
        return { ...contact, linkedin: profil, fresh_until: until(SOURCE_POLICIES[SOURCE].ttlMs) };
      }
      if (answer.kind === "found" && answer.partial) return [];
      return {
        nom,
        fonction: null,
        email_professionnel: null,
        telephone: null,
        linkedin: profil,
        source: SOURCE,
        collected_at: new Date(now).toISOString(),
        fresh_until: until(NOT_FOUND_TTL_MS),
      };
    });
  }
}

function fault(reason: SourceFault["reason"], retryAfterMs: number | null): SourceFault {
  return { source: SOURCE, reason, retryAfterMs };
}
