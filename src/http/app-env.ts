import type { Principal } from "../domain/accounts/principal.ts";
import type { Spent } from "../domain/usage/money.ts";
import type { Work } from "../observability/work.ts";
import type { Services } from "../services.ts";
import type { PrincipalCache } from "./principal-cache.ts";
import type { ScrapeGauges } from "./scrape-gauges.ts";
import type { Readiness } from "./readiness.ts";
import type { ResponseCache } from "./response-cache.ts";

/** What one isolate keeps between requests: plain data only. */
export interface Isolate {
  services: Services;
  principals: PrincipalCache;
  responses: ResponseCache;
  readiness: Readiness;
  gauges: ScrapeGauges;
}

export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    isolate: Isolate;
    /** Unset while observability is off. */
    work: Work | undefined;
    principal: Principal;
    /** Where the caller stands with its limit; unset where nothing is counted. */
    limitHeaders: Record<string, string> | undefined;
    /** What the request spent so far, on routes that may spend. */
    spent: Spent;
    /** Made from the `Idempotency-Key`, the same at each try: what is created under it is created once. */
    operationId: string | undefined;
    /** SHA-256 of the body, or of the file in it; set by whoever reads it, for `idempotent`. */
    bodyDigest: string | undefined;
  };
}
