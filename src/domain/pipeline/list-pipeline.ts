import type { Owner, PipelineEntry, PipelinePage, StatusStore } from "./ports.ts";
import type { StatusCounts } from "./status.ts";
import { withSyntheticCompanies } from "./with-synthetic-companies.ts";

/** A page of the pipeline, and how many companies have each status. */
export async function listPipeline(
  statuses: Pick<StatusStore, "list" | "count">,
  owner: Owner,
  page: PipelinePage,
): Promise<{ entries: PipelineEntry[]; counts: StatusCounts }> {
  const [entries, counts] = await Promise.all([statuses.list(owner, page), statuses.count(owner)]);
  return { entries: await withSyntheticCompanies(owner, entries), counts };
}
