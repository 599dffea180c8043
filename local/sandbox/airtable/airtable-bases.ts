import { EXPORT_COLUMNS, type ColumnType } from "../../../src/domain/exports/columns.ts";
import { fieldOf } from "../../../src/providers/airtable/fields.ts";
import { Base, type BaseRequest } from "./base.ts";
import type { Field } from "./field.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { TableRequest } from "./table.ts";

/** Anybody's, in every sandbox: its table has the field of every column. */
export const DEMO = {
  base: "appDemoSandbox001",
  table: "Entreprises",
  token: "patSandboxDemo.write",
} as const;

type Access = { ok: true; base: Base } | { ok: false; refusal: Refusal };

const TYPES = {
  text: "singleLineText",
  integer: "number",
  number: "number",
  date: "date",
  datetime: "dateTime",
} as const satisfies Record<ColumnType, Field["type"]>;

/** A table as docs/airtable.md says to make it. */
export function completeTable(): TableRequest {
  const fields = EXPORT_COLUMNS.map(({ name, type }) => [fieldOf(name), { type: TYPES[type] }]);
  return { fields: Object.fromEntries(fields) };
}

/** Every base of the sandbox. */
export class AirtableBases {
  readonly #bases = new Map<string, Base>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.reset();
  }

  reset(): void {
    this.#bases.clear();
    this.put({ base_id: DEMO.base, token: DEMO.token, tables: { [DEMO.table]: completeTable() } });
  }

  /** Replaces a base of that id. */
  put(request: BaseRequest): void {
    this.#bases.set(request.base_id, new Base(request, this.#now));
  }

  find(id: string): Base | null {
    return this.#bases.get(id) ?? null;
  }

  access(id: string, token: string, writes: boolean): Access {
    const isKnown = [...this.#bases.values()].some((base) => base.knows(token));
    if (!isKnown) return { ok: false, refusal: refusalOf(401) };
    const base = this.find(id);
    if (base === null) return { ok: false, refusal: refusalOf(404) };
    if (!base.knows(token))
      return { ok: false, refusal: { status: 403, type: "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND" } };
    if (writes && token !== base.token) return { ok: false, refusal: refusalOf(403) };
    return { ok: true, base };
  }
}
