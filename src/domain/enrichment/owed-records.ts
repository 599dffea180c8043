import { errorKind } from "../../lib/error-kind.ts";
import type { AuditRecord } from "../audit/audit-record.ts";
import type { EnrichmentLog } from "./ports.ts";

interface OwedDeps {
  trail: { record(record: AuditRecord): Promise<void> };
  log: EnrichmentLog;
}

/** Records of collections that are not written yet: what they are about must not be given to anybody. */
export class OwedRecords {
  readonly #deps: OwedDeps;
  #records: AuditRecord[];

  constructor(deps: OwedDeps, records: AuditRecord[] = []) {
    this.#deps = deps;
    this.#records = records;
  }

  get list(): AuditRecord[] {
    return this.#records;
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  add(records: AuditRecord[]): void {
    this.#records = [...this.#records, ...records];
  }

  /** They were written together with what they are about. */
  clear(): void {
    this.#records = [];
  }

  /** Writes them by themselves; what fails stays owed. */
  async settle(): Promise<void> {
    for (const record of this.#records) {
      try {
        await this.#deps.trail.record(record);
      } catch (error) {
        this.#deps.log.event("collection_not_recorded", { error: errorKind(error) });
        return;
      }
      this.#records = this.#records.filter((one) => one !== record);
    }
  }
}
