import type { Context } from "hono";
import { estimateCompanies } from "../../../domain/jobs/estimate-seconds.ts";
import type { AcceptDeps, Requester } from "../../../domain/jobs/intake/accept-task.ts";
import type { SourceName } from "../../../domain/enrichment/source.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";

export function acceptDeps(context: Context<AppEnv>): AcceptDeps {
  const { jobs, log } = context.get("isolate").services;
  return { ...jobs, log };
}

export function requesterOf(context: Context<AppEnv>): Requester {
  return { principal: context.get("principal"), act: actContext(context) };
}

/** Seconds that so many companies take; invented ones ask nobody. */
export function estimateOf(context: Context<AppEnv>, sources: SourceName[], companies: number): number {
  const toAsk = context.get("principal").mode === "live" ? companies : 0;
  return estimateCompanies(sources, toAsk, context.get("isolate").services.jobs.pace);
}
