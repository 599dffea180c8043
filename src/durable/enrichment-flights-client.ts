import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import type {
  ContactRequest,
  ContactResult,
  EnrichmentFlights,
  RefreshRequest,
  RefreshResult,
} from "../domain/enrichment/ports.ts";
import type { EnrichmentFlight, Reply } from "./enrichment-flight.ts";

function valueOf<Value>(reply: Reply<Value>): Value {
  if (!reply.ok) throw new StorageUnavailable(`object: ${reply.error}`);
  return reply.value;
}

export class EnrichmentFlightsClient implements EnrichmentFlights {
  readonly #namespace: DurableObjectNamespace<EnrichmentFlight>;

  constructor(namespace: DurableObjectNamespace<EnrichmentFlight>) {
    this.#namespace = namespace;
  }

  async refresh(request: RefreshRequest): Promise<RefreshResult> {
    return valueOf(await this.#namespace.getByName(`company:${request.siren}`).refresh(request));
  }

  async collectContacts(request: ContactRequest): Promise<ContactResult> {
    const name = `contacts:${request.requester.organisationId}:${request.siren}`;
    return valueOf(await this.#namespace.getByName(name).collectContacts(request));
  }

  async forget(siren: string): Promise<void> {
    await this.#namespace.getByName(`company:${siren}`).forget();
  }
}
