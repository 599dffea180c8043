import { costsSince } from "../../domain/operations/cost-totals.ts";
import { mondayOf, weeklyProfile } from "../../domain/operations/weekly-profile.ts";
import { readCosts } from "../../observability/read-costs.ts";
import { statementText } from "../../observability/statement-name.ts";
import type { Services } from "../../services.ts";

const KEEP_MS = 53 * 7 * 86_400_000;

type Needed = Pick<Services, "log" | "now"> & {
  metrics: Pick<Services["metrics"], "readAll">;
  operations: Pick<Services["operations"], "profiles">;
};

/**
 * What cost most since the profile of the week before; a second run within a week replaces the first. Throws when a
 * shard of the metrics does not answer: its week would look cheap, and the next one dear.
 */
export async function writeProfile({ metrics, operations, log, now }: Needed): Promise<void> {
  const { profiles } = operations;
  const madeAt = now();
  const week = mondayOf(madeAt);
  const totals = readCosts(await metrics.readAll());
  const before = await profiles.before(week);
  const profile = weeklyProfile(costsSince(totals, before?.totals ?? null), statementText);
  const report = { week, since: before?.madeAt ?? null, madeAt: new Date(madeAt).toISOString(), profile };
  await profiles.save(report, totals);
  await profiles.purge(mondayOf(madeAt - KEEP_MS));
  const { requests, routes, queries, providers } = profile;
  log.event("profile_written", {
    week,
    requests,
    routes: routes.length,
    queries: queries.length,
    providers: providers.length,
  });
}
