import { ConfigurationError } from "../config/config.ts";
import { buildServices, type Services } from "../services.ts";
import type { Isolate } from "./app-env.ts";
import { PrincipalCache } from "./principal-cache.ts";
import { Readiness } from "./readiness.ts";
import { ResponseCache } from "./response-cache.ts";
import { ScrapeGauges } from "./scrape-gauges.ts";

/** Operators find every faulty setting in one line of the log; clients only learn that there is one. */
function buildOrReport(env: Env): Services {
  try {
    return buildServices(env);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      // oxlint-disable-next-line no-console -- there is no logger before there are settings
      console.error(JSON.stringify({ event: "service_misconfigured", problems: error.problems }));
    }
    throw error;
  }
}

/** Builds what the isolate keeps, once per environment; a broken configuration is tried again at each request. */
export class IsolateKeeper {
  readonly #kept = new WeakMap<object, Isolate>();

  of(env: Env): Isolate {
    const kept = this.#kept.get(env);
    if (kept !== undefined) return kept;
    const services = buildOrReport(env);
    const isolate = {
      services,
      principals: new PrincipalCache(services.accounts, services.now),
      responses: new ResponseCache(services.isolate, services.now),
      readiness: new Readiness(services),
      gauges: new ScrapeGauges(services),
    };
    this.#kept.set(env, isolate);
    return isolate;
  }
}
