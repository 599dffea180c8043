import type { CompanyStore, CompanyTrail, EnrichmentLog } from "../domain/enrichment/ports.ts";
import type { DeliveryQueue } from "../domain/webhooks/ports.ts";
import { errorKind } from "../lib/error-kind.ts";
import type { CompanyRepository } from "../storage/postgres/company-repository.ts";

/** Companies whose listeners are told of each enrichment. An event that is not queued now is found by the schedule. */
export function announcingCompanies(
  companies: Pick<CompanyRepository, "load" | "record" | "save">,
  { queue, log }: { queue: DeliveryQueue; log: EnrichmentLog },
): CompanyStore & CompanyTrail {
  const announce = async (events: string[]): Promise<void> => {
    if (events.length === 0) return;
    try {
      await queue.send(events.map((event_id) => ({ type: "event.published", event_id })));
    } catch (error) {
      log.event("events_not_queued", { events: events.length, error: errorKind(error) });
    }
  };
  return {
    load: async (siren) => companies.load(siren),
    save: async (change, records) => announce(await companies.save(change, records)),
    record: async (record, about) => announce(await companies.record(record, about)),
  };
}
