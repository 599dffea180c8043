import type { CompanyStore, EnrichmentLog } from "../domain/enrichment/ports.ts";
import type { DeliveryQueue } from "../domain/webhooks/ports.ts";
import { errorKind } from "../lib/error-kind.ts";
import type { CompanyRepository } from "../storage/postgres/company-repository.ts";

/** Companies whose listeners are told of each save. An event that is not queued now is found by the schedule. */
export function announcingCompanies(
  companies: Pick<CompanyRepository, "load" | "save">,
  { queue, log }: { queue: DeliveryQueue; log: EnrichmentLog },
): CompanyStore {
  return {
    load: async (siren) => companies.load(siren),
    save: async (change, records) => {
      const events = await companies.save(change, records);
      if (events.length === 0) return;
      try {
        await queue.send(events.map((event_id) => ({ type: "event.published", event_id })));
      } catch (error) {
        log.event("events_not_queued", { events: events.length, error: errorKind(error) });
      }
    },
  };
}
