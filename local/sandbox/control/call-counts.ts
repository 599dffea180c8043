import type { SourceName } from "../../../src/domain/enrichment/source.ts";

export type CallCounts = Record<SourceName, number>;

function zeroes(): CallCounts {
  return { recherche_entreprises: 0, insee: 0, bodacc: 0, ratios_inpi: 0, pappers: 0, kaspr: 0 };
}

/** How often each provider was called, in all and about each SIREN. */
export class CallLedger {
  #total = zeroes();
  readonly #bySiren = new Map<string, CallCounts>();

  record(provider: SourceName, sirens: readonly string[]): void {
    this.#total[provider] += 1;
    for (const siren of new Set(sirens)) {
      const counts = this.#bySiren.get(siren) ?? zeroes();
      counts[provider] += 1;
      this.#bySiren.set(siren, counts);
    }
  }

  total(): CallCounts {
    return { ...this.#total };
  }

  about(siren: string): CallCounts {
    return { ...(this.#bySiren.get(siren) ?? zeroes()) };
  }

  reset(): void {
    this.#total = zeroes();
    this.#bySiren.clear();
  }
}
