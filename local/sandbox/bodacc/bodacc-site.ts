import type { SandboxState } from "../control/sandbox-state.ts";
import { datasetSite } from "../ods/dataset-site.ts";
import type { ProviderSite } from "../provider-site.ts";
import { noticeRow } from "./notice-row.ts";

/** The official bulletin of commercial notices, on its Opendatasoft portal. */
export function bodaccSite(state: SandboxState): ProviderSite {
  return datasetSite(state, {
    provider: "bodacc",
    prefix: "/bodacc/api/explore/v2.1",
    name: "annonces-commerciales",
    rowsOf: (company) => company.notices.map((notice) => noticeRow(company, notice)),
  });
}
