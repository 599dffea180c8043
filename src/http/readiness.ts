import type { Services } from "../services.ts";
import { CHECK_LIMIT_MS, checkDependencies, type DependencyCheck } from "./health-checks.ts";

const FRESH_MS = 2_000;

/**
 * What the dependencies last answered. Everybody may ask whether the service is ready: however often that is, an
 * isolate asks them every 2 seconds. Only the outcome is shared, requests can't wait for each other's work.
 */
export class Readiness {
  readonly #services: Services;
  #last: { checks: DependencyCheck[]; at: number } | null = null;
  /** Somebody asks again until then; the others take what is known, unless it is old. */
  #askingUntil = 0;

  constructor(services: Services) {
    this.#services = services;
  }

  /** Never throws. */
  async checks(): Promise<DependencyCheck[]> {
    const now = this.#services.now();
    // While somebody asks again, what is known is told a little longer.
    const freshMs = now < this.#askingUntil ? FRESH_MS + CHECK_LIMIT_MS : FRESH_MS;
    if (this.#last !== null && now < this.#last.at + freshMs) return this.#last.checks;
    this.#askingUntil = now + CHECK_LIMIT_MS;
    const checks = await checkDependencies(this.#services);
    this.#last = { checks, at: this.#services.now() };
    this.#askingUntil = 0;
    return checks;
  }
}
