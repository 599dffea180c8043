import type { DataKeyStore, KeyWrapper, WrappedKey } from "../domain/accounts/data-key-store.ts";
import type { DataKey, KeyPurpose, Keyring } from "../domain/accounts/keyring.ts";
import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { newId } from "../lib/new-id.ts";
import { randomBytes } from "../lib/random-bytes.ts";

const KEEP_MS = 5 * 60_000;
/** A token that names a key nobody has must not make us read the table each time. */
const MISS_PAUSE_MS = 10_000;

interface Loaded {
  at: number;
  /** Oldest generation first; `bytes` null where none of our master keys opens it. */
  keys: (Omit<DataKey, "bytes"> & { bytes: DataKey["bytes"] | null })[];
}

/** Data keys of the table, opened, remembered as values for 5 minutes. */
export class StoredKeyring implements Keyring {
  readonly #store: DataKeyStore;
  readonly #wrapper: KeyWrapper;
  readonly #now: () => number;
  #loaded: Loaded = { at: -Infinity, keys: [] };
  #missedAt = -Infinity;

  constructor(deps: { store: DataKeyStore; wrapper: KeyWrapper; now: () => number }) {
    this.#store = deps.store;
    this.#wrapper = deps.wrapper;
    this.#now = deps.now;
  }

  async current(purpose: KeyPurpose): Promise<DataKey> {
    const newest = (await this.#ofPurpose(purpose)).at(-1);
    return readable(newest);
  }

  async find(purpose: KeyPurpose, id: string): Promise<DataKey | null> {
    const wanted = (key: { id: string; purpose: KeyPurpose }) => key.id === id && key.purpose === purpose;
    const known = (await this.#fresh()).keys.find(wanted);
    if (known !== undefined) return readable(known);
    if (this.#now() - this.#missedAt < MISS_PAUSE_MS) return null;
    this.#missedAt = this.#now();
    const found = (await this.#load()).keys.find(wanted);
    return found === undefined ? null : readable(found);
  }

  async all(purpose: KeyPurpose): Promise<DataKey[]> {
    return (await this.#ofPurpose(purpose)).map(readable).toReversed();
  }

  /** After a rotation: what is remembered is read again at the next use. */
  forget(): void {
    this.#loaded = { at: -Infinity, keys: [] };
  }

  async #ofPurpose(purpose: KeyPurpose): Promise<Loaded["keys"]> {
    const held = (await this.#fresh()).keys.filter((key) => key.purpose === purpose);
    if (held.length > 0) return held;
    await this.#create(purpose);
    return (await this.#load()).keys.filter((key) => key.purpose === purpose);
  }

  async #fresh(): Promise<Loaded> {
    return this.#now() - this.#loaded.at < KEEP_MS ? this.#loaded : this.#load();
  }

  async #load(): Promise<Loaded> {
    const at = this.#now();
    const open = async ({ wrapped, ...key }: WrappedKey) => ({
      ...key,
      bytes: await this.#wrapper.unwrap({ ...key, wrapped }),
    });
    const keys = await Promise.all((await this.#store.list()).map(open));
    this.#loaded = { at, keys };
    return this.#loaded;
  }

  /** Two isolates may try at once: the table keeps one, and both then read that one. */
  async #create(purpose: KeyPurpose): Promise<void> {
    const now = this.#now();
    const key = { id: newId("dk", now, randomBytes), purpose };
    const wrapped = await this.#wrapper.wrap(key, randomBytes(32));
    await this.#store.add({ ...key, generation: 1, wrapped, createdAt: new Date(now).toISOString() }, null);
  }
}

function readable(key: Loaded["keys"][number] | undefined): DataKey {
  if (key === undefined) throw new StorageUnavailable("data key not stored");
  if (key.bytes === null) throw new StorageUnavailable("no master key opens a data key");
  return { ...key, bytes: key.bytes };
}
