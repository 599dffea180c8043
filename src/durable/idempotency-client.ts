import { KeeperUnreachable } from "../domain/idempotency/errors.ts";
import type { Claim, Failure } from "../domain/idempotency/key-record.ts";
import type { Holder, KeyKeeper } from "../domain/idempotency/ports.ts";
import { errorKind } from "../lib/error-kind.ts";
import type { IdempotencyKeeper } from "./idempotency-keeper.ts";
import { objectSpan } from "./object-span.ts";

/** Reaches the object of each key. */
export class IdempotencyClient implements KeyKeeper {
  readonly #namespace: DurableObjectNamespace<IdempotencyKeeper>;

  constructor(namespace: DurableObjectNamespace<IdempotencyKeeper>) {
    this.#namespace = namespace;
  }

  async claim({ name, leaseId }: Holder): Promise<Claim> {
    return this.#ask("claim", name, async (keeper) => keeper.claim(leaseId));
  }

  async renew({ name, leaseId }: Holder): Promise<void> {
    await this.#ask("renew", name, async (keeper) => keeper.renew(leaseId));
  }

  async complete({ name, leaseId }: Holder, answer: string): Promise<boolean> {
    return this.#ask("complete", name, async (keeper) => keeper.complete(leaseId, answer));
  }

  async release({ name, leaseId }: Holder, failure: Failure): Promise<void> {
    await this.#ask("release", name, async (keeper) => keeper.release(leaseId, failure));
  }

  /** Twice at most: a stub is of no use any more after its object was reset. */
  async #ask<Reply>(
    method: string,
    name: string,
    question: (keeper: DurableObjectStub<IdempotencyKeeper>) => Promise<Reply>,
  ): Promise<Reply> {
    const ask = async (): Promise<Reply> =>
      objectSpan(`IdempotencyKeeper.${method}`, async () => question(this.#namespace.getByName(name)));
    try {
      return await ask();
    } catch {
      try {
        return await ask();
      } catch (error) {
        throw new KeeperUnreachable(errorKind(error));
      }
    }
  }
}
