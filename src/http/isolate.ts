import { buildServices } from "../services.ts";
import type { Isolate } from "./app-env.ts";
import { PrincipalCache } from "./principal-cache.ts";
import { ResponseCache } from "./response-cache.ts";

/** Builds what the isolate keeps, once per environment; a broken configuration is tried again at each request. */
export class IsolateKeeper {
  readonly #kept = new WeakMap<object, Isolate>();

  of(env: Env): Isolate {
    const kept = this.#kept.get(env);
    if (kept !== undefined) return kept;
    const services = buildServices(env);
    const isolate = {
      services,
      principals: new PrincipalCache(services.keys, services.now),
      responses: new ResponseCache(services.isolate, services.now),
    };
    this.#kept.set(env, isolate);
    return isolate;
  }
}
