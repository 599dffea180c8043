import type { CompanyCacheLayer, EnrichmentFlights } from "../enrichment/ports.ts";

/** Drops every cached copy of a company; Postgres keeps its record. Other isolates and data centres follow within minutes. */
export async function forgetCopies(
  deps: { layers: CompanyCacheLayer[]; flights: EnrichmentFlights },
  siren: string,
): Promise<void> {
  await Promise.all([...deps.layers.map(async (layer) => layer.forget(siren)), deps.flights.forget(siren)]);
}
