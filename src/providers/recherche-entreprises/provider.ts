import { defineProvider, failed, found, notFound } from "../answer.ts";
import { failure, type ProviderContext } from "../http.ts";
import { searchBySiren } from "./client.ts";
import { toRecord } from "./transform.ts";

export function createRechercheEntreprises(context: ProviderContext) {
  return defineProvider(context.source, async ({ siren }, signal) => {
    const answer = await searchBySiren(context, siren, signal);
    if (!answer.ok) return failed(answer.failure);
    if (answer.value.results.length === 0) return notFound();
    const unite = answer.value.results.find((result) => result.siren === siren);
    if (unite === undefined)
      return failed(failure("malformed", "recherche_entreprises answered for another SIREN"));
    return found(toRecord(unite));
  });
}
