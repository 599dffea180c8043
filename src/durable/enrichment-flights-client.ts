import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import type {
  ContactRequest,
  ContactResult,
  EnrichmentFlights,
  RefreshRequest,
  RefreshResult,
} from "../domain/enrichment/ports.ts";
import { currentCaller } from "../observability/current-caller.ts";
import type { EnrichmentFlight, Reply } from "./enrichment-flight.ts";
import { objectSpan } from "./object-span.ts";

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
    const flight = this.#namespace.getByName(`company:${request.siren}`);
    return valueOf(
      await objectSpan("EnrichmentFlight.refresh", async () => flight.refresh(request, currentCaller())),
    );
  }

  async collectContacts(request: ContactRequest): Promise<ContactResult> {
    const name = `contacts:${request.requester.organisationId}:${request.siren}`;
    const flight = this.#namespace.getByName(name);
    return valueOf(
      await objectSpan("EnrichmentFlight.collectContacts", async () =>
        flight.collectContacts(request, currentCaller()),
      ),
    );
  }

  async forget(siren: string): Promise<void> {
    const flight = this.#namespace.getByName(`company:${siren}`);
    await objectSpan("EnrichmentFlight.forget", async () => flight.forget());
  }
}
