import type { Need } from "../../enrichment/freshness.ts";
import type { SourceName } from "../../enrichment/source.ts";

/** Lines on their way into an object that exists only once it is closed. Throws `StorageUnavailable`. */
export interface UploadWriter {
  readonly key: string;
  write(text: string): Promise<void>;
  /** Resolves to its size in bytes. */
  close(): Promise<number>;
  /** Leaves nothing behind; never throws. */
  abort(): Promise<void>;
}

export interface UploadSink {
  /** `id`: of this try to make a task, no other one's. */
  open(organisationId: string, id: string): UploadWriter;
}

/** Companies whose copies are fresh enough to be answered from. */
export interface FreshCopies {
  /** From every source, and from each. */
  all: number;
  bySource: Map<SourceName, number>;
}

/** Throws `StorageUnavailable`. */
export interface FreshCompanies {
  count(sirens: string[], need: Need, now: number): Promise<FreshCopies>;
}
