import type { CallReport, GatePlace, Permit } from "../../domain/enrichment/gate.ts";
import {
  AIRTABLE_LOCK_MS,
  AIRTABLE_RECORDS,
  type AirtableGate,
} from "../../domain/exports/airtable-target.ts";
import { TableBusy } from "../../domain/exports/errors.ts";
import type { ExportRow, PushedRecord, TablePush, TableTarget } from "../../domain/exports/ports.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { type AirtableContext, type AirtableFields, upsert, type UpsertOutcome } from "./client.ts";
import { fieldOf, MERGE_FIELD } from "./fields.ts";

/** Longer than this a step does not wait for its turn: others fill the same base. */
const LONGEST_WAIT_MS = 5_000;
/** A table full of mistakes, or slow: what is done by then is saved before more is tried. */
const LONGEST_PUSH_MS = 45_000;
const BREATH_MS = 1_000;

export interface AirtableDependencies extends AirtableContext {
  gates: {
    acquire(gate: AirtableGate, place: GatePlace): Promise<Permit>;
    report(gate: AirtableGate, call: CallReport): Promise<void>;
  };
  sleep: (ms: number) => Promise<void>;
}

/** Fills a table of Airtable, ten records a request, at the pace that its base allows to all who fill it. */
export class AirtablePush implements TablePush {
  readonly #deps: AirtableDependencies;

  constructor(deps: AirtableDependencies) {
    this.#deps = deps;
  }

  async push(target: TableTarget, columns: string[], rows: ExportRow[]): Promise<PushedRecord[]> {
    const filling = new Filling(this.#deps, target, await gateOf(target.baseId));
    const fields = columns.map(fieldOf);
    for (let start = 0; start < rows.length; start += AIRTABLE_RECORDS) {
      const sent = rows.slice(start, start + AIRTABLE_RECORDS);
      // One after the other: what is done when the service stops taking more is then the first rows.
      await filling.fill(sent.map((row) => ({ siren: row.siren, fields: recordOf(fields, row) })));
    }
    return filling.results;
  }
}

interface Entry {
  siren: string;
  fields: AirtableFields;
}

/** The base may be named in logs of the platform by its gate: a digest tells nobody which it is. */
async function gateOf(baseId: string): Promise<AirtableGate> {
  return `airtable:${(await sha256Hex(baseId)).slice(0, 32)}`;
}

/** What we don't know is left out: it must not erase what somebody typed there. */
function recordOf(fields: string[], { siren, cells }: ExportRow): AirtableFields {
  const record: AirtableFields = {};
  for (const [index, field] of fields.entries()) {
    const cell = cells[index] ?? null;
    if (cell !== null) record[field] = cell;
  }
  return { ...record, [MERGE_FIELD]: siren };
}

type Settled = Exclude<UpsertOutcome, { kind: "rate_limited" }>;

/** One push: what became of its rows so far. */
class Filling {
  readonly results: PushedRecord[] = [];
  readonly #deps: AirtableDependencies;
  readonly #target: TableTarget;
  readonly #gate: AirtableGate;
  readonly #startedAt: number;

  constructor(deps: AirtableDependencies, target: TableTarget, gate: AirtableGate) {
    this.#deps = deps;
    this.#target = target;
    this.#gate = gate;
    this.#startedAt = deps.now();
  }

  /** A request is all or nothing: what is refused together is tried by halves, down to the records at fault. */
  async fill(entries: Entry[]): Promise<void> {
    const outcome = await this.#upsert(entries);
    if (outcome.kind === "written") {
      const { records, createdRecords } = outcome.answer;
      const created = new Set(createdRecords);
      for (const [index, { siren }] of entries.entries()) {
        const id = records[index]?.id ?? "";
        const kind = created.has(id) ? "created" : "updated";
        this.results.push({ siren, outcome: kind, record_id: id, error: null });
      }
    } else if (entries.length === 1) {
      for (const { siren } of entries)
        this.results.push({ siren, outcome: "refused", record_id: null, error: outcome.type });
    } else {
      const middle = Math.ceil(entries.length / 2);
      await this.fill(entries.slice(0, middle));
      await this.fill(entries.slice(middle));
    }
  }

  async #upsert(entries: Entry[]): Promise<Settled> {
    await this.#turn();
    try {
      const records = entries.map(({ fields }) => fields);
      const outcome = await upsert(this.#deps, this.#target, records);
      if (outcome.kind !== "rate_limited") return outcome;
    } catch (error) {
      throw error instanceof TableBusy ? new TableBusy(error.retryAfterMs, this.results) : error;
    }
    await this.#deps.gates.report(this.#gate, { outcome: "pause", forMs: AIRTABLE_LOCK_MS, reason: "busy" });
    throw new TableBusy(AIRTABLE_LOCK_MS, this.results);
  }

  async #turn(): Promise<void> {
    const isLong = this.#deps.now() - this.#startedAt >= LONGEST_PUSH_MS;
    // With nothing done yet, the next push would only do the same again.
    if (isLong && this.results.length > 0) throw new TableBusy(BREATH_MS, this.results);
    const permit = await this.#deps.gates.acquire(this.#gate, { maxWaitMs: LONGEST_WAIT_MS });
    if (permit.kind !== "go") throw new TableBusy(permit.retryAfterMs, this.results);
    if (permit.waitMs > 0) await this.#deps.sleep(permit.waitMs);
  }
}
