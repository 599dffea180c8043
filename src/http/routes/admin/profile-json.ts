import { z } from "@hono/zod-openapi";
import { ADVICE_CODES } from "../../../domain/operations/profile-advice.ts";
import type { StoredProfile } from "../../../storage/postgres/profile-repository.ts";

const count = z.number().min(0);
const milliseconds = z.number().min(0);
const share = z.number().min(0).max(1);
const instant = z.iso.datetime();

const Recommendation = z
  .object({
    code: z.string().openapi({ description: "stable; more may come", enum: [...ADVICE_CODES] }),
    text: z.string(),
  })
  .openapi("Recommendation");

const spent = {
  total_seconds: z.number().min(0),
  time_share: share.openapi({ description: "of the time that all of them took, those not listed included" }),
  mean_ms: milliseconds,
  recommendations: z.array(Recommendation),
};

const RouteCost = z
  .object({
    route: z.string().openapi({ example: "GET /api/v2/companies/{siren}" }),
    requests: count,
    p95_ms: milliseconds.openapi({ description: "estimated from a histogram; 10000 when it is more" }),
    error_share: share.openapi({ description: "answered with a 5xx" }),
    ...spent,
  })
  .openapi("RouteCost");

const QueryCost = z
  .object({
    statement: z
      .string()
      .openapi({ example: "select_companies_3fa9c1", description: "as in metrics and logs" }),
    text: z.string().nullable().openapi({
      description: "how it begins; null when what made the profile had not run it itself",
    }),
    calls: count,
    calls_per_request: z.number().min(0).openapi({
      description: "calls, those of queues and scheduled jobs included, by requests of any route",
    }),
    ...spent,
  })
  .openapi("QueryCost");

const ProviderCost = z
  .object({
    provider: z.string(),
    calls: count,
    failures: count,
    failure_share: share,
    credits: z.number().min(0),
    euros: z.number().min(0).openapi({ description: "at the configured price of a credit" }),
    euro_share: share,
    ...spent,
  })
  .openapi("ProviderCost");

export const ProfileReport = z
  .object({
    week: z.iso.date().openapi({ description: "the Monday that the week ends on", example: "2026-11-16" }),
    since: instant.nullable().openapi({
      description: "when the profile before was made; null: everything counted until `until`",
    }),
    until: instant,
    requests: count,
    cache_ratio: share.nullable().openapi({
      description: "share of the reads of companies that a cache answered; null when none was read",
    }),
    routes: z.array(RouteCost).openapi({ description: "ten at most, by total time" }),
    queries: z.array(QueryCost).openapi({ description: "ten at most, by total time" }),
    providers: z.array(ProviderCost).openapi({ description: "ten at most, by euros, then by total time" }),
    weeks: z.array(z.iso.date()).openapi({ description: "of which there is a profile, the newest first" }),
  })
  .openapi("ProfileReport");

/** Digits beyond these say nothing. */
function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

type Spent = Pick<
  StoredProfile["profile"]["routes"][number],
  "totalSeconds" | "timeShare" | "meanMs" | "advice"
>;

function spentJson(one: Spent): z.infer<z.ZodObject<typeof spent>> {
  return {
    total_seconds: rounded(one.totalSeconds, 3),
    time_share: rounded(one.timeShare, 4),
    mean_ms: rounded(one.meanMs, 2),
    recommendations: one.advice,
  };
}

export function profileJson(
  { week, since, madeAt, profile }: StoredProfile,
  weeks: string[],
): z.infer<typeof ProfileReport> {
  return {
    week,
    since,
    until: madeAt,
    requests: profile.requests,
    cache_ratio: profile.cacheRatio === null ? null : rounded(profile.cacheRatio, 4),
    routes: profile.routes.map((one) => ({
      route: one.route,
      requests: one.requests,
      p95_ms: rounded(one.p95Ms, 2),
      error_share: rounded(one.errorShare, 4),
      ...spentJson(one),
    })),
    queries: profile.queries.map((one) => ({
      statement: one.statement,
      text: one.text,
      calls: one.calls,
      calls_per_request: rounded(one.callsPerRequest, 2),
      ...spentJson(one),
    })),
    providers: profile.providers.map((one) => ({
      provider: one.provider,
      calls: one.calls,
      failures: one.failures,
      failure_share: rounded(one.failureShare, 4),
      credits: one.credits,
      euros: rounded(one.euros, 4),
      euro_share: rounded(one.euroShare, 4),
      ...spentJson(one),
    })),
    weeks,
  };
}
