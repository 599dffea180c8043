import type { MasterKey } from "../config/master-keys.ts";
import type { KeyWrapper, WrappedKey } from "../domain/accounts/data-key-store.ts";
import { decrypt, encrypt } from "./aes-gcm.ts";

function contextOf({ id, purpose }: Pick<WrappedKey, "id" | "purpose">): string {
  return `data-key ${purpose} ${id}`;
}

/** Data keys are stored encrypted with a master key, bound to their id and purpose. */
export class MasterKeyWrapper implements KeyWrapper {
  readonly #keys: readonly MasterKey[];
  readonly #first: MasterKey;

  constructor(keys: readonly MasterKey[]) {
    const [first] = keys;
    if (first === undefined) throw new Error("no master key");
    this.#keys = keys;
    this.#first = first;
  }

  async wrap(key: Pick<WrappedKey, "id" | "purpose">, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return `${this.#first.id}:${await encrypt(Uint8Array.from(this.#first.bytes), bytes, contextOf(key))}`;
  }

  async unwrap(key: WrappedKey): Promise<Uint8Array<ArrayBuffer> | null> {
    const [masterId, sealed = ""] = key.wrapped.split(":", 2);
    const master = this.#keys.find(({ id }) => id === masterId);
    return master === undefined ? null : decrypt(Uint8Array.from(master.bytes), sealed, contextOf(key));
  }

  isCurrent(wrapped: string): boolean {
    return wrapped.startsWith(`${this.#first.id}:`);
  }
}
