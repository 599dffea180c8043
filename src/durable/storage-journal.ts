import { z } from "zod";
import type { FlightJournal } from "../domain/enrichment/ports.ts";
import { SourceState } from "../domain/enrichment/source-state.ts";

const KEY = "unsaved";
const States = z.array(SourceState);

/** Keeps a flight's journal in its object's own storage; empty, it takes none. */
export class StorageJournal implements FlightJournal {
  readonly #storage: SyncKvStorage;

  constructor(storage: SyncKvStorage) {
    this.#storage = storage;
  }

  read(): SourceState[] {
    const parsed = States.safeParse(this.#storage.get(KEY) ?? []);
    return parsed.success ? parsed.data : [];
  }

  write(states: SourceState[]): void {
    if (states.length > 0) this.#storage.put(KEY, states);
    else if (this.#storage.get(KEY) !== undefined) this.#storage.delete(KEY);
  }
}
