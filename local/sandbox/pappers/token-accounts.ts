const SUBSCRIPTION = 1_000_000;

/** Credits spent per key, in tenths because a search result costs 0.1. */
export class TokenAccounts {
  readonly #spentTenths = new Map<string, number>();

  spend(key: string, credits: number): void {
    const spent = this.#spentTenths.get(key) ?? 0;
    this.#spentTenths.set(key, spent + Math.round(credits * 10));
  }

  balance(key: string) {
    const spent = key === "no-credits" ? SUBSCRIPTION : (this.#spentTenths.get(key) ?? 0) / 10;
    return {
      jetons_abonnement: SUBSCRIPTION,
      jetons_abonnement_utilises: spent,
      jetons_pay_as_you_go_restants: 0,
    };
  }

  reset(): void {
    this.#spentTenths.clear();
  }
}
