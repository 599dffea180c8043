import { DurableObject } from "cloudflare:workers";
import { CompanyFlight } from "../domain/enrichment/company-flight.ts";
import { ContactFlight } from "../domain/enrichment/contact-flight.ts";
import type {
  ContactRequest,
  ContactResult,
  RefreshRequest,
  RefreshResult,
} from "../domain/enrichment/ports.ts";
import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { errorKind } from "../lib/error-kind.ts";
import type { Caller } from "../observability/work.ts";
import { ObjectWork } from "./object-work.ts";
import { StorageJournal } from "./storage-journal.ts";
import { buildFlightServices, type FlightServices } from "../services.ts";

/** An expected failure is returned: a thrown one would lose its type on the way. */
export type Reply<Value> = { ok: true; value: Value } | { ok: false; error: string };

async function reply<Value>(work: () => Promise<Value>): Promise<Reply<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: error instanceof StorageUnavailable ? error.message : errorKind(error) };
  }
}

/**
 * One object per company (`company:<siren>`), and per company and organisation for contacts
 * (`contacts:<organisation>:<siren>`). What Postgres does not hold is in its journal: it may be evicted at any time.
 */
export class EnrichmentFlight extends DurableObject<Env> {
  readonly #services: FlightServices;
  readonly #contacts: ContactFlight;
  readonly #work: ObjectWork;
  #company: CompanyFlight | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#services = buildFlightServices(env);
    this.#work = new ObjectWork(this.#services.telemetry, ctx);
    const overcame = this.#overcame("collectContacts");
    this.#contacts = new ContactFlight({ ...this.#services.contacts, overcame });
  }

  async refresh(request: RefreshRequest, caller?: Caller | null): Promise<Reply<RefreshResult>> {
    const journal = new StorageJournal(this.ctx.storage.kv);
    const overcame = this.#overcame("refresh");
    this.#company ??= new CompanyFlight(request.siren, { ...this.#services.company, journal, overcame });
    const company = this.#company;
    return reply(async () =>
      this.#work.run("EnrichmentFlight.refresh", caller, async () => company.refresh(request)),
    );
  }

  async collectContacts(request: ContactRequest, caller?: Caller | null): Promise<Reply<ContactResult>> {
    return reply(async () =>
      this.#work.run("EnrichmentFlight.collectContacts", caller, async () => this.#contacts.collect(request)),
    );
  }

  forget(): void {
    this.#company?.forget();
  }

  #overcame(method: string): (error: unknown) => void {
    return (error) => this.#work.reportSurvived(`EnrichmentFlight.${method}`, error);
  }
}
