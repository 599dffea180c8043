import type { MinuteBudget } from "./minute-budget.ts";
import { Toucan } from "toucan-js";
import type { ErrorPlace, ErrorReporter } from "./error-reporter.ts";
import { metrics } from "./metric-buffer.ts";
import { scrubbedError } from "./scrubbed-error.ts";
import type { Background } from "./tracing.ts";

const SEND_LIMIT_MS = 5_000;
/** Of one isolate: when all fails at once, the first reports say what the next thousand would. */
export const REPORTS_PER_MINUTE = 20;

export interface SentryDeps {
  dsn: string;
  environment: string;
  /** What is deployed. */
  release: string;
  /** How many reports may still go out; shared by all that runs in an isolate. */
  budget: MinuteBudget;
  now: () => number;
  fetch: (target: RequestInfo | URL, init: RequestInit) => Promise<Response>;
}

/** Reports to Sentry, or to whatever speaks its protocol. Each report stands alone: isolates serve many at once. */
export class SentryReporter implements ErrorReporter {
  readonly #deps: SentryDeps;

  constructor(deps: SentryDeps) {
    this.#deps = deps;
  }

  report(error: unknown, place: ErrorPlace, background: Background): void {
    if (!this.#deps.budget.take(this.#deps.now())) {
      metrics.count("errors_reported_total", { result: "untracked" });
      return;
    }
    const toucan = this.#open(background);
    const { kind, name, requestId, traceId, fields } = place;
    toucan.setTags({ kind, route: name, request_id: requestId, trace_id: traceId });
    toucan.setExtras({ ...fields });
    toucan.captureException(scrubbedError(error, name));
  }

  #open(background: Background): Toucan {
    const { dsn, environment, release } = this.#deps;
    return new Toucan({
      dsn,
      environment,
      release,
      // They would add the request, and the causes of errors with their messages.
      defaultIntegrations: false,
      maxBreadcrumbs: 0,
      context: { waitUntil: background },
      transportOptions: { fetcher: async (target, init) => this.#post(target, init) },
    });
  }

  /** A tracker that is down is counted, and is no error of the work that is reported. */
  async #post(target: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    try {
      const signal = AbortSignal.timeout(SEND_LIMIT_MS);
      const response = await this.#deps.fetch(target, { ...init, signal });
      metrics.count("errors_reported_total", { result: response.ok ? "sent" : "failed" });
      return response;
    } catch {
      metrics.count("errors_reported_total", { result: "failed" });
      return new Response(null, { status: 503 });
    }
  }
}
