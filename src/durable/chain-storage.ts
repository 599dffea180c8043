import type { AuditEntry } from "../domain/audit/audit-entry.ts";
import type { ChainHead, ChainMemory, ChainState, PendingEntry } from "../domain/audit/ports.ts";

const STATE = "state";
/** When an object that was cut short comes back by itself. */
export const RETRY_MS = 30_000;

/** A chain's memory in the SQLite of its object. */
export class ChainStorage implements ChainMemory {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(
      "create table if not exists pending (seq integer primary key, position text, entry text)",
    );
    storage.sql.exec("create table if not exists hashes (seq integer primary key, hash text)");
  }

  state(): ChainState | null {
    return this.#storage.kv.get<ChainState>(STATE) ?? null;
  }

  save(state: ChainState): void {
    this.#storage.kv.put(STATE, state);
  }

  pending(): PendingEntry[] {
    const rows = this.#storage.sql.exec<{ position: string; entry: string }>(
      "select position, entry from pending order by seq",
    );
    return Array.from(rows, ({ position, entry }) => ({ position, entry: JSON.parse(entry) as AuditEntry }));
  }

  stage(batch: readonly PendingEntry[]): void {
    // Part of the same atomic write as what follows; it fails only with all of it.
    void this.#storage.setAlarm(Date.now() + RETRY_MS);
    this.#storage.transactionSync(() => {
      for (const { position, entry } of batch) {
        const values = [entry.seq, position, JSON.stringify(entry)];
        this.#storage.sql.exec("insert into pending (seq, position, entry) values (?, ?, ?)", ...values);
      }
    });
  }

  commit(state: ChainState, links: readonly ChainHead[]): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("delete from pending");
      for (const { seq, hash } of links)
        this.#storage.sql.exec("insert or replace into hashes (seq, hash) values (?, ?)", seq, hash);
      this.save(state);
    });
  }

  hashes(from: number, to: number): ChainHead[] {
    const text = "select seq, hash from hashes where seq between ? and ? order by seq";
    return Array.from(this.#storage.sql.exec<{ seq: number; hash: string }>(text, from, to), (row) => ({
      ...row,
    }));
  }

  release(state: ChainState): void {
    this.#storage.transactionSync(() => {
      this.#storage.sql.exec("delete from hashes where seq <= ?", state.anchored.seq);
      this.save(state);
    });
  }
}
