import { cacheLevel } from "./cache-level.ts";
import { type Answer, encodeRequest, exchangeOnce, headerOf, type LoadRequest } from "./http-load.ts";
import type { WorkerdServer } from "./workerd-server.ts";

export interface HotCase {
  name: string;
  server: WorkerdServer;
  /** Called before each stretch: an entity tag must be the current one. */
  request: (signal: AbortSignal) => Promise<Buffer>;
  status: number;
  /** Of the requests of a round: the dear ones need fewer for the same precision. */
  share: number;
  /** The cache level that is to answer, null where there is none. */
  level: string | null;
}

export interface HotServers {
  api: WorkerdServer;
  /** The same with RATE_LIMITS=off. */
  unlimited: WorkerdServer;
  /** The same with OBSERVABILITY=off. */
  unobserved: WorkerdServer;
  /** The same with a collector of traces, to which the default share of requests goes. */
  traced: WorkerdServer;
  baseline: WorkerdServer;
  bare: WorkerdServer;
}

export const CASE = {
  bare: "Hono, one route, body ready as text",
  baseline: "Hono, one route, c.json (baseline)",
  company: "GET company, cached",
  unlimited: "GET company, cached, limiter off",
  unobserved: "GET company, cached, unobserved",
  twin: "the same in another process",
  traced: "GET company, cached, 1 % traced",
  unchanged: "GET company, cached, 304",
  health: "GET /health",
  enrich: "POST enrich, fresh copy",
} as const;

export function companyRequest(siren: string, key: string): LoadRequest {
  const headers = { authorization: `Bearer ${key}`, accept: "application/json" };
  return { method: "GET", path: `/api/v2/companies/${siren}`, headers };
}

export function enrichRequest(siren: string, key: string): LoadRequest {
  return {
    method: "POST",
    path: "/api/v2/scraping/enrich",
    headers: {
      authorization: `Bearer ${key}`,
      accept: "application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify({ siren }),
  };
}

/** The cached GET has what it is compared with on either side, so that all meet the same state of the machine. */
export function hotCases(
  { api, unlimited, unobserved, traced, baseline, bare }: HotServers,
  siren: string,
  key: string,
): HotCase[] {
  const company = companyRequest(siren, key);
  const ready = { request: always(company), status: 200, share: 1, level: null };
  const health: LoadRequest = { method: "GET", path: "/health", headers: { accept: "application/json" } };
  return [
    { ...ready, name: CASE.bare, server: bare },
    { ...ready, name: CASE.baseline, server: baseline },
    { ...ready, name: CASE.unlimited, server: unlimited, level: "isolate" },
    { ...ready, name: CASE.company, server: api, level: "isolate" },
    { ...ready, name: CASE.unobserved, server: unobserved, level: "isolate" },
    { ...ready, name: CASE.traced, server: traced, level: "isolate" },
    {
      name: CASE.unchanged,
      server: api,
      request: async (signal) => unchangedRequest(company, api.port, signal),
      status: 304,
      share: 1,
      level: "isolate",
    },
    { ...ready, name: CASE.health, server: api, request: always(health) },
    {
      ...ready,
      name: CASE.enrich,
      server: api,
      request: always(enrichRequest(siren, key)),
      share: 0.2,
      level: "isolate",
    },
  ];
}

/** The cached GET with and without observing, and the latter twice: two processes that do the same differ as well. */
export function observedCases(
  servers: Pick<HotServers, "api" | "unobserved" | "traced"> & { twin: WorkerdServer },
  siren: string,
  key: string,
): HotCase[] {
  const request = always(companyRequest(siren, key));
  const parts = ["unobserved", "api", "traced", "twin"] as const;
  const names = { ...CASE, api: CASE.company };
  return parts.map((part) => ({
    name: names[part],
    server: servers[part],
    request,
    status: 200,
    share: 1,
    level: "isolate",
  }));
}

function always(request: LoadRequest): HotCase["request"] {
  const bytes = encodeRequest(request);
  return async () => bytes;
}

async function unchangedRequest(company: LoadRequest, port: number, signal: AbortSignal): Promise<Buffer> {
  const { head } = await exchangeOnce(port, encodeRequest(company), signal);
  const headers = { ...company.headers, "if-none-match": headerOf(head, "etag") };
  return encodeRequest({ ...company, headers });
}

/** False for the few answers that a copy's end of life sends another way; an error is not measured at all. */
export function isAsMeant({ status, head, body }: Answer, hotCase: HotCase): boolean {
  if (status >= 400) throw new Error(`${hotCase.name}: ${status} ${body.toString().slice(0, 300)}`);
  const level = cacheLevel(headerOf(head, "cache-status"));
  return status === hotCase.status && (hotCase.level === null || level === hotCase.level);
}
