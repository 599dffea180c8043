import type { SourceName } from "../domain/enrichment/source.ts";

/** Where each source lives. Every path the clients add comes after these, so a stand-in only changes the prefix. */
export const BASE_URLS: Readonly<Record<SourceName, string>> = {
  recherche_entreprises: "https://recherche-entreprises.api.gouv.fr",
  insee: "https://api.insee.fr/api-sirene/3.11",
  bodacc: "https://bodacc-datadila.opendatasoft.com/api/explore/v2.1",
  ratios_inpi: "https://data.economie.gouv.fr/api/explore/v2.1",
  pappers: "https://api.pappers.fr/v2",
  kaspr: "https://api.developers.kaspr.io",
};
