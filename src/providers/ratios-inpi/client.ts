import type { Outcome, ProviderContext } from "../http.ts";
import { findRecords } from "../open-data-records.ts";
import { RatiosAnswer } from "./schema.ts";

/** Every set of accounts of a company, latest first. */
export function listRatios(
  context: ProviderContext,
  siren: string,
  signal: AbortSignal,
): Promise<Outcome<RatiosAnswer>> {
  const search = {
    dataset: "ratios_inpi_bce",
    where: `siren="${siren}"`,
    orderBy: "date_cloture_exercice desc",
    schema: RatiosAnswer,
  };
  return findRecords(context, search, signal);
}
