import { SOURCE_POLICIES } from "../../domain/enrichment/source-policy.ts";
import { refreshWatched as refresh } from "../../domain/pipeline/refresh-watched.ts";
import type { Services } from "../../services.ts";
import { systemAct } from "../system-act.ts";

type Needed = Pick<Services, "pipeline" | "jobs" | "audit" | "config" | "log" | "now">;

/** Watched companies are asked about every night, of the sources that cost nothing. */
export async function refreshWatched({ pipeline, jobs, audit, config, log, now }: Needed): Promise<void> {
  await refresh({
    watch: pipeline.watch,
    tasks: jobs.reader,
    accept: { ...jobs, log },
    sources: config.sources.defaults.filter((source) => !SOURCE_POLICIES[source].paid),
    estimate: jobs.engine.estimate,
    poke: audit.poke,
    act: systemAct(now()),
    now,
  });
}
