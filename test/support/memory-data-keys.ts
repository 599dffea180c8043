import { MasterKeyWrapper } from "../../src/auth/master-key-wrapper.ts";
import { StoredKeyring } from "../../src/auth/stored-keyring.ts";
import type { MasterKey } from "../../src/config/master-keys.ts";
import type { DataKeyStore, WrappedKey } from "../../src/domain/accounts/data-key-store.ts";
import type { AuditRecord } from "../../src/domain/audit/audit-record.ts";

/** Data keys without a database; `lists` counts how often they were read. */
export class MemoryDataKeys implements DataKeyStore {
  readonly rows: WrappedKey[] = [];
  readonly records: AuditRecord[] = [];
  lists = 0;

  async list(): Promise<WrappedKey[]> {
    this.lists += 1;
    return this.rows.toSorted((a, b) => a.generation - b.generation);
  }

  async add(key: WrappedKey, record: AuditRecord | null): Promise<boolean> {
    if (this.rows.some((one) => one.purpose === key.purpose && one.generation === key.generation))
      return false;
    this.rows.push(key);
    if (record !== null) this.records.push(record);
    return true;
  }

  async rewrap(
    id: string,
    { from, to }: { from: string; to: string },
    record: AuditRecord,
  ): Promise<boolean> {
    const row = this.rows.find((one) => one.id === id && one.wrapped === from);
    if (row === undefined) return false;
    row.wrapped = to;
    this.records.push(record);
    return true;
  }
}

export function masterKey(id: string): MasterKey {
  return { id, bytes: crypto.getRandomValues(new Uint8Array(32)) };
}

/** A keyring over memory, on a clock that the test moves. */
export function memoryKeyring(options: { store?: MemoryDataKeys; masters?: MasterKey[] } = {}) {
  const clock = { now: Date.parse("2026-11-20T10:00:00.000Z") };
  const store = options.store ?? new MemoryDataKeys();
  const wrapper = new MasterKeyWrapper(options.masters ?? [masterKey("m1")]);
  return { clock, store, wrapper, keyring: new StoredKeyring({ store, wrapper, now: () => clock.now }) };
}
