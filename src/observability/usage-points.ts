/** The part of Analytics Engine that is used. */
export interface PointSink {
  writeDataPoint(point: { indexes: string[]; blobs: string[]; doubles: number[] }): void;
}

export interface RequestPoint {
  organisationId: string;
  /** Method and route as registered. */
  endpoint: string;
  status: number;
  /** The level of the cache that answered; empty: none was asked. */
  cache: string;
  durationMs: number;
  queries: number;
  credits: number;
}

export interface EnrichmentPoint {
  organisationId: string;
  sources: readonly string[];
  durationMs: number;
  credits: number;
  /** null: not scored. */
  score: number | null;
}

/**
 * What each organisation does, one point each, for questions that metrics have no labels for; nothing where no data set
 * is bound. docs/events.md lists the columns. Never throws.
 */
export class UsagePoints {
  readonly #sink: PointSink | undefined;

  constructor(sink: PointSink | undefined) {
    this.#sink = sink;
  }

  /** Where nothing is bound, nobody need make what nobody takes. */
  get isBound(): boolean {
    return this.#sink !== undefined;
  }

  request({ organisationId, endpoint, status, cache, durationMs, queries, credits }: RequestPoint): void {
    const blobs = ["request", endpoint, `${Math.floor(status / 100)}xx`, cache];
    this.#write(organisationId, blobs, [durationMs, queries, credits]);
  }

  /** Without a score the fourth number is -1. */
  enrichment({ organisationId, sources, durationMs, credits, score }: EnrichmentPoint): void {
    this.#write(organisationId, ["enrichment", sources.join(" ")], [durationMs, 0, credits, score ?? -1]);
  }

  #write(organisationId: string, blobs: string[], doubles: number[]): void {
    try {
      this.#sink?.writeDataPoint({ indexes: [organisationId], blobs, doubles });
    } catch {
      // A point that the platform refuses is lost: whoever is served must not notice.
    }
  }
}
