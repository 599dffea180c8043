import type { Context } from "hono";
import {
  enrichCompany,
  type EnrichDeps,
  type Enriched,
  type EnrichInput,
} from "../../../domain/enrichment/enrich-company.ts";
import { totalCredits, totalEuros } from "../../../domain/usage/money.ts";
import { metrics } from "../../../observability/metric-buffer.ts";
import { currentWork } from "../../../observability/work.ts";
import type { AppEnv } from "../../app-env.ts";
import { actContext, pokeAudit } from "../../act-context.ts";

function depsOf(context: Context<AppEnv>): EnrichDeps {
  const { services } = context.get("isolate");
  return {
    ...services,
    origin: actContext(context).origin,
    poke: () => pokeAudit(context, context.get("principal").organisationId),
    background: (work) => context.executionCtx.waitUntil(work),
    spend: (spent) => {
      context.set("spent", spent);
      const euros = Number(totalEuros(services.config.creditPrices, spent));
      currentWork()?.add({ credits: totalCredits(spent), cost_euros: euros });
    },
  };
}

/** What came of it: a copy handed out is counted, an enrichment by the sources is an event. */
function tell(context: Context<AppEnv>, found: Enriched, durationMs: number): void {
  const { asked, company } = found;
  currentWork()?.add({ provider_calls: asked.length });
  if (asked.length === 0) return metrics.count("ma_companies_enriched_total", { origin: "cache" });
  const { log, telemetry } = context.get("isolate").services;
  const credits = totalCredits(context.get("spent"));
  const { organisationId } = context.get("principal");
  const { siren, partial } = company;
  const score = company.score?.ma_score ?? null;
  log.event("enrichment_completed", {
    siren,
    organisation_id: organisationId,
    sources: asked.join(" "),
    partial,
    credits,
    score,
    duration_ms: durationMs,
  });
  telemetry.deps.usage.enrichment({ organisationId, sources: asked, durationMs, credits, score });
  return undefined;
}

/** Enriches for whoever asks, from the caches and the real sources. Throws as `enrichCompany` does. */
export async function enrichLive(context: Context<AppEnv>, input: EnrichInput): Promise<Enriched> {
  const { now } = context.get("isolate").services;
  const started = now();
  const found = await enrichCompany(depsOf(context), context.get("principal"), input);
  tell(context, found, now() - started);
  return found;
}
