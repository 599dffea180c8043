import type { Context, Hono } from "hono";
import type { SourceName } from "../../src/domain/enrichment/source.ts";

/** One simulated provider: where it is mounted, what it answers, and how it says no. */
export interface ProviderSite {
  name: SourceName;
  prefix: string;
  routes: Hono;
  /** The SIRENs a call is about, from its path, query or body. */
  sirensIn(context: Context): string[] | Promise<string[]>;
  /** An error in the provider's own shape. */
  refusal(status: number): Response;
  /** What its own rate limit answers; the refusal 429 with nothing more when absent. */
  overLimit?(): Response;
}
