import type { Services } from "../../services.ts";

/** The figures of every sector are worked out again; readers keep the old ones until then. */
export async function refreshAnalytics({ search }: Pick<Services, "search">): Promise<void> {
  await search.analytics.refresh();
}
