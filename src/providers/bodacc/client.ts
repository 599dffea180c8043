import type { Outcome, ProviderContext } from "../http.ts";
import { findRecords } from "../open-data-records.ts";
import { BodaccAnswer } from "./schema.ts";

/** The latest notices of a company. A hundred reach back decades for any company that could be for sale. */
export function listNotices(
  context: ProviderContext,
  siren: string,
  signal: AbortSignal,
): Promise<Outcome<BodaccAnswer>> {
  const search = {
    dataset: "annonces-commerciales",
    where: `registre="${siren}"`,
    orderBy: "dateparution desc",
    schema: BodaccAnswer,
  };
  return findRecords(context, search, signal);
}
