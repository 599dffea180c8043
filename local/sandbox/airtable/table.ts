import { z } from "zod";
import { cast, type CellValue, Field } from "./field.ts";
import type { Refusal } from "./refusal.ts";

const Cells = z.record(z.string(), z.union([z.string(), z.number()]));

/** Without `fields` a table takes any field, as it comes. */
export const TableRequest = z.strictObject({
  fields: z.record(z.string(), Field).optional(),
  records: z.array(Cells).default([]),
});
export type TableRequest = z.input<typeof TableRequest>;

export const WriteRequest = z.object({
  performUpsert: z.object({ fieldsToMergeOn: z.array(z.string()).min(1).max(3) }).optional(),
  typecast: z.boolean().default(false),
  records: z.array(z.object({ fields: z.record(z.string(), z.unknown()) })).min(1),
});
export type WriteRequest = z.infer<typeof WriteRequest>;

export interface StoredRecord {
  id: string;
  createdTime: string;
  fields: Record<string, CellValue>;
}

interface Change {
  /** null: a new one. */
  record: StoredRecord | null;
  /** null clears. */
  cells: Map<string, CellValue | null>;
}

type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

export interface WriteAnswer {
  records: StoredRecord[];
  createdRecords: string[];
  updatedRecords: string[];
}

function refused(type: string, message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { status: 422, type, message } };
}

/** One table, in memory. A write is all or nothing. */
export class Table {
  readonly #fields: Record<string, Field> | null;
  readonly #records: StoredRecord[] = [];
  readonly #now: () => number;

  constructor(asked: TableRequest, now: () => number) {
    const { fields, records } = TableRequest.parse(asked);
    this.#fields = fields ?? null;
    this.#now = now;
    for (const cells of records) this.#add(new Map(Object.entries(cells)));
  }

  get records(): readonly StoredRecord[] {
    return this.#records;
  }

  /** `clears`: a record that is changed keeps no other field (PUT). */
  write(request: WriteRequest, clears: boolean): Outcome<WriteAnswer> {
    const changes: Change[] = [];
    for (const { fields } of request.records) {
      const change = this.#plan(fields, request);
      if (!change.ok) return change;
      changes.push(change.value);
    }
    const answer: WriteAnswer = { records: [], createdRecords: [], updatedRecords: [] };
    for (const { record, cells } of changes) {
      this.#learnChoices(cells);
      const written = record === null ? this.#add(cells) : change(record, cells, clears);
      answer.records.push(written);
      (record === null ? answer.createdRecords : answer.updatedRecords).push(written.id);
    }
    return { ok: true, value: answer };
  }

  #plan(fields: Record<string, unknown>, request: WriteRequest): Outcome<Change> {
    const cells = new Map<string, CellValue | null>();
    for (const [name, value] of Object.entries(fields)) {
      if (!this.#has(name)) return refused("UNKNOWN_FIELD_NAME", `Unknown field name: "${name}"`);
      const kept = value === null ? null : this.#cast(name, { value, typecast: request.typecast });
      if (kept?.ok === false) return kept;
      cells.set(name, kept?.value ?? null);
    }
    const merge = request.performUpsert?.fieldsToMergeOn ?? null;
    if (merge === null) return { ok: true, value: { record: null, cells } };
    const unknown = merge.find((name) => !this.#has(name));
    if (unknown !== undefined) return refused("UNKNOWN_FIELD_NAME", `Unknown field name: "${unknown}"`);
    const same = this.#records.filter((record) =>
      merge.every((name) => record.fields[name] === cells.get(name)),
    );
    if (same.length > 1)
      return refused("INVALID_REQUEST_UNKNOWN", "Several records match the fields to merge on");
    return { ok: true, value: { record: same[0] ?? null, cells } };
  }

  #has(name: string): boolean {
    return this.#fields === null || Object.hasOwn(this.#fields, name);
  }

  #cast(name: string, given: { value: unknown; typecast: boolean }): Outcome<CellValue> {
    const type = typeof given.value === "number" ? "number" : "singleLineText";
    return cast(name, this.#fields?.[name] ?? { type, choices: [], locked: false }, given);
  }

  #learnChoices(cells: Map<string, CellValue | null>): void {
    for (const [name, value] of cells) {
      const field = this.#fields?.[name];
      if (field?.type === "singleSelect" && value !== null && !field.choices.includes(String(value)))
        field.choices.push(String(value));
    }
  }

  #add(cells: Map<string, CellValue | null>): StoredRecord {
    const id = `rec${(this.#records.length + 1).toString(36).padStart(14, "0")}`;
    const record = { id, createdTime: new Date(this.#now()).toISOString(), fields: {} };
    this.#records.push(record);
    return change(record, cells, false);
  }
}

function change(record: StoredRecord, cells: Map<string, CellValue | null>, clears: boolean): StoredRecord {
  const kept = Object.entries({ ...(clears ? {} : record.fields), ...Object.fromEntries(cells) });
  // Airtable leaves empty fields out of its answers.
  record.fields = Object.fromEntries(
    kept.filter((cell): cell is [string, CellValue] => cell[1] !== null && cell[1] !== ""),
  );
  return record;
}
