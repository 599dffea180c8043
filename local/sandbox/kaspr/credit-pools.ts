export type Pool = "workEmail" | "personalEmail" | "phone" | "export";

const FULL: Record<Pool, number> = {
  workEmail: 100_000,
  personalEmail: 100_000,
  phone: 100_000,
  export: 100_000,
};

/** Large enough for a bench: the pools never run dry by themselves. Key `unlimited` counts nothing. */
export class CreditPools {
  readonly #spent = new Map<string, Record<Pool, number>>();

  spend(key: string, pools: readonly Pool[]): void {
    const spent = this.#spent.get(key) ?? { workEmail: 0, personalEmail: 0, phone: 0, export: 0 };
    for (const pool of pools) spent[pool] += 1;
    this.#spent.set(key, spent);
  }

  remaining(key: string, pool: Pool): number {
    if (key === "unlimited") return -1;
    if (key === "no-credits") return 0;
    return Math.max(0, FULL[pool] - (this.#spent.get(key)?.[pool] ?? 0));
  }

  headers(key: string): Record<string, string> {
    return {
      "Remaining-Work-Email-Credits": String(this.remaining(key, "workEmail")),
      "Remaining-Direct-Email-Credits": String(this.remaining(key, "personalEmail")),
      "Remaining-Phone-Credits": String(this.remaining(key, "phone")),
      "Remaining-Export-Credits": String(this.remaining(key, "export")),
      "X-Daily-RateLimit-Remaining": "500",
      "X-Hourly-RateLimit-Remaining": "500",
    };
  }

  reset(): void {
    this.#spent.clear();
  }
}
