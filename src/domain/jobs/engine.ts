import type { ChainPoke } from "../audit/ports.ts";
import type { EnrichmentFlights, EnrichmentLog } from "../enrichment/ports.ts";
import type { SourceName } from "../enrichment/source.ts";
import type { ProgressBoard, StoredCompanies, TaskQueue, TaskWork, UploadStore } from "./ports.ts";

/** What the work on tasks is done with; each may fail at any call, and the work is then asked for again. */
export interface EngineDeps {
  tasks: TaskWork;
  queue: TaskQueue;
  uploads: Pick<UploadStore, "read" | "delete">;
  board: Pick<ProgressBoard, "report" | "finish">;
  companies: StoredCompanies;
  flights: Pick<EnrichmentFlights, "refresh">;
  poke: ChainPoke;
  /** Seconds that so many companies take when each of these sources is asked. */
  estimate: (sources: SourceName[], companies: number) => number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** In [0, 1). */
  random: () => number;
  log: EnrichmentLog;
  /** Takes what a row failed of, for who mends the code. */
  overcame: (error: unknown) => void;
}
