import type { MiddlewareHandler } from "hono";
import type { SandboxState } from "./control/sandbox-state.ts";
import type { ProviderSite } from "./provider-site.ts";
import { type ReservedOutcome, reservedOutcomeOf } from "./world/reserved.ts";

const SLOW_ANSWER_MS = 20_000;

function withRetryAfter(response: Response, seconds: number): Response {
  response.headers.set("Retry-After", String(seconds));
  return response;
}

function reservedOutcomesOf(sirens: readonly string[]): ReservedOutcome[] {
  return sirens.map(reservedOutcomeOf).filter((outcome) => outcome !== null);
}

/** A complete answer cut in the middle, as when a connection breaks behind a proxy that says 200. */
async function truncated(response: Response): Promise<Response> {
  const text = await response.text();
  return new Response(text.slice(0, Math.floor(text.length / 2)), {
    status: 200,
    headers: { "Content-Type": "application/json" },
  });
}

/** In front of every provider: counts the call, then applies faults, rate limits and reserved SIRENs. */
export function providerGate(state: SandboxState, site: ProviderSite): MiddlewareHandler {
  return async (context, next) => {
    const sirens = await site.sirensIn(context);
    state.calls.record(site.name, sirens);
    const { latencyMs, status } = state.faults.judge(site.name, sirens);
    if (latencyMs > 0) await state.sleep(latencyMs);
    if (status === 429) return withRetryAfter(site.refusal(429), 1);
    if (status !== null) return site.refusal(status);
    if (!state.limits.take(site.name)) return site.overLimit?.() ?? site.refusal(429);
    const outcomes = reservedOutcomesOf(sirens);
    if (outcomes.includes("rate_limited")) return withRetryAfter(site.refusal(429), 2);
    if (outcomes.includes("unavailable")) return site.refusal(500);
    if (outcomes.includes("slow")) await state.sleep(SLOW_ANSWER_MS);
    await next();
    if (outcomes.includes("malformed")) context.res = await truncated(context.res);
    return undefined;
  };
}
