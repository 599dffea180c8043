import { KeysUnreadable } from "../domain/accounts/errors.ts";
import type { DataKeyStore, KeyWrapper, WrappedKey } from "../domain/accounts/data-key-store.ts";
import {
  type DataKey,
  KEYRING_MEMORY_MS,
  type KeyPurpose,
  type Keyring,
} from "../domain/accounts/keyring.ts";
import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { newId } from "../lib/new-id.ts";
import { randomBytes } from "../lib/random-bytes.ts";

/** A token that names a key nobody has must not make us read the table each time. */
const MISS_PAUSE_MS = 10_000;

interface Loaded {
  at: number;
  /** Oldest generation first; `bytes` null where none of our master keys opens it. */
  keys: (Omit<DataKey, "bytes"> & { bytes: DataKey["bytes"] | null })[];
}

function replacementOf(key: WrappedKey, keys: WrappedKey[]): string | null {
  const later = keys.filter(
    ({ purpose, generation }) => purpose === key.purpose && generation > key.generation,
  );
  return later.map(({ createdAt }) => createdAt).toSorted()[0] ?? null;
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
    const loaded = await this.#load();
    const found = loaded.keys.find(wanted);
    if (found !== undefined) return readable(found);
    // Only now: requests beside this one must not take a reading under way for one that found nothing.
    this.#missedAt = loaded.at;
    return null;
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
    return this.#now() - this.#loaded.at < KEYRING_MEMORY_MS ? this.#loaded : this.#load();
  }

  async #load(): Promise<Loaded> {
    const at = this.#now();
    const stored = await this.#store.list();
    const open = async ({ wrapped, ...key }: WrappedKey) => ({
      ...key,
      replacedAt: replacementOf({ ...key, wrapped }, stored),
      bytes: await this.#wrapper.unwrap({ ...key, wrapped }),
    });
    const loaded = { at, keys: await Promise.all(stored.map(open)) };
    // Of two readings at once the slower one may know less.
    const knowsAll = loaded.keys.length >= this.#loaded.keys.length;
    if (knowsAll || at > this.#loaded.at) this.#loaded = loaded;
    return loaded;
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
  if (key.bytes === null) throw new KeysUnreadable(key.id);
  return { ...key, bytes: key.bytes };
}
