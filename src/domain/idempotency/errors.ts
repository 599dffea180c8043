/** Nothing is known of the key, so that nothing may be carried out under it. */
export class KeeperUnreachable extends Error {
  /** Fit for a log. */
  readonly kind: string;

  constructor(kind: string) {
    super(`idempotency keeper unreachable: ${kind}`);
    this.kind = kind;
  }
}
