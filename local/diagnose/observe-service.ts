import { z } from "zod";
import { SLO_KINDS } from "../../src/observability/slos.ts";
import { describeError } from "../local-error.ts";
import { parseMetricPage, type Sample } from "./metric-page.ts";

const PATIENCE_MS = 10_000;

/** What an endpoint answered, or why that is no use. */
export type Seen<Value> = { ok: true; value: Value } | { ok: false; reason: string };

const Ready = z.object({
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), duration_ms: z.number() })),
});
const Detailed = z.object({
  providers: z.array(
    z.object({ name: z.string(), enabled: z.boolean(), breaker: z.object({ state: z.string() }).nullable() }),
  ),
  queues: z.array(
    z.object({ name: z.string(), paused: z.boolean().nullable(), oldest_message_at: z.string().nullable() }),
  ),
});
const rate = z.number().nullable();
const ServiceLevels = z.object({
  slos: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(SLO_KINDS),
      route: z.string().nullable(),
      events: z.number(),
      sli: rate,
      objective: z.number(),
      budget: z.object({ spent: z.number(), left_ratio: rate }),
      burn: z.record(z.string(), rate),
      status: z.enum(["met", "at_risk", "spent", "no_data"]),
    }),
  ),
});

export interface Observation {
  /** When it was made, in ms since the epoch. */
  at: number;
  health: Seen<true>;
  ready: Seen<z.infer<typeof Ready>>;
  detailed: Seen<z.infer<typeof Detailed>>;
  slo: Seen<z.infer<typeof ServiceLevels>>;
  metrics: Seen<Sample[]>;
  /** The page again `seconds` later: what counters counted meanwhile. */
  later: Seen<Sample[]>;
  seconds: number;
}

export interface ServicePlace {
  url: string;
  token: string | null;
  /** Between the two readings of the counters. */
  seconds: number;
  wait: (ms: number) => Promise<void>;
}

/** Asks a running service all there is to ask; an endpoint that fails is part of the answer. */
export async function observeService(place: ServicePlace): Promise<Observation> {
  const json = async <Value>(
    at: string,
    schema: z.ZodType<Value>,
    statuses: number[],
  ): Promise<Seen<Value>> => ask(place, at, statuses, (text) => schema.parse(JSON.parse(text)));
  const page = async (): Promise<Seen<Sample[]>> => ask(place, "/metrics", [200], parseMetricPage);
  const [health, ready, detailed, slo, metrics] = await Promise.all([
    ask(place, "/health", [200], () => true as const),
    json("/ready", Ready, [200, 503]),
    json("/health/detailed", Detailed, [200, 503]),
    json("/slo", ServiceLevels, [200]),
    page(),
  ]);
  if (metrics.ok) await place.wait(place.seconds * 1_000);
  const later = metrics.ok ? await page() : metrics;
  return { at: Date.now(), health, ready, detailed, slo, metrics, later, seconds: place.seconds };
}

async function ask<Value>(
  { url, token }: ServicePlace,
  at: string,
  ...[statuses, read]: [number[], (text: string) => Value]
): Promise<Seen<Value>> {
  const open = at === "/health" || at === "/ready";
  const headers: Record<string, string> = open || token === null ? {} : { authorization: `Bearer ${token}` };
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(new URL(at, url), { headers, signal, redirect: "manual" });
    const text = await response.text();
    if (!statuses.includes(response.status))
      return { ok: false, reason: `${at}: ${refusal(response.status)}` };
    return { ok: true, value: read(text) };
  } catch (error) {
    const shape = error instanceof z.ZodError || error instanceof SyntaxError;
    return { ok: false, reason: `${at}: ${shape ? "not the answer of this service" : describeError(error)}` };
  }
}

function refusal(status: number): string {
  if (status === 401) return "401, the token is missing or not the service's METRICS_TOKEN";
  if (status === 404) return "404, the service has no METRICS_TOKEN, or is of an older version";
  return `status ${status}`;
}
