import { z } from "zod";
import type { AuditRecord } from "../domain/audit/audit-record.ts";
import type { FlightJournal, Unsaved } from "../domain/enrichment/ports.ts";
import { SourceState } from "../domain/enrichment/source-state.ts";

const STATES = "unsaved";
const RECORDS = "owed";
const States = z.array(SourceState);

/** Keeps a flight's journal in its object's own storage; empty, it takes none. */
export class StorageJournal implements FlightJournal {
  readonly #storage: SyncKvStorage;

  constructor(storage: SyncKvStorage) {
    this.#storage = storage;
  }

  read(): Unsaved {
    const states = States.safeParse(this.#storage.get(STATES) ?? []);
    const records = this.#storage.get<AuditRecord[]>(RECORDS) ?? [];
    return { states: states.success ? states.data : [], records };
  }

  write({ states, records }: Unsaved): void {
    this.#keep(STATES, states);
    this.#keep(RECORDS, records);
  }

  #keep(key: string, list: readonly unknown[]): void {
    if (list.length > 0) this.#storage.put(key, list);
    else if (this.#storage.get(key) !== undefined) this.#storage.delete(key);
  }
}
