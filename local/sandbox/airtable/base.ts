import { z } from "zod";
import { AIRTABLE_BASE_ID } from "../../../src/domain/exports/airtable-target.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { type StoredRecord, Table, TableRequest } from "./table.ts";

const REQUESTS = 5;
const WINDOW_MS = 1_000;
const LOCK_MS = 30_000;

export const BaseRequest = z.strictObject({
  base_id: z.string().regex(AIRTABLE_BASE_ID, "must be app and 14 letters or digits"),
  /** May read and write. */
  token: z.string().min(1),
  /** May read only. */
  read_only_token: z.string().min(1).optional(),
  tables: z.record(z.string(), TableRequest),
  /** How long the base takes nothing once it was asked too often. */
  lock_ms: z.int().min(0).default(LOCK_MS),
  /** Of this month's quota; absent: no end. */
  calls_left: z.int().min(0).optional(),
});
export type BaseRequest = z.input<typeof BaseRequest>;

/** What a test wants to know; asking costs the base nothing. */
export interface BaseReport {
  requests: number;
  /** Of these: refused because they came too fast. */
  limited: number;
  calls_left: number | null;
  tables: Record<string, readonly StoredRecord[]>;
}

/** One base: its tables, who may use it, and how often. */
export class Base {
  readonly token: string;
  readonly #readOnlyToken: string | null;
  readonly tables: Map<string, Table>;
  readonly #lockMs: number;
  readonly #now: () => number;
  #callsLeft: number | null;
  #recent: number[] = [];
  #lockedUntil = 0;
  #requests = 0;
  #limited = 0;

  constructor(asked: BaseRequest, now: () => number) {
    const request = BaseRequest.parse(asked);
    this.token = request.token;
    this.#readOnlyToken = request.read_only_token ?? null;
    this.#lockMs = request.lock_ms;
    this.#callsLeft = request.calls_left ?? null;
    this.#now = now;
    const tables = Object.entries(request.tables);
    this.tables = new Map(tables.map(([name, table]) => [name, new Table(table, now)]));
  }

  knows(token: string): boolean {
    return token === this.token || token === this.#readOnlyToken;
  }

  /** Counts one request; null when it may go on. */
  admit(): Refusal | null {
    const now = this.#now();
    this.#requests += 1;
    this.#recent = this.#recent.filter((at) => at > now - WINDOW_MS);
    if (now < this.#lockedUntil || this.#recent.length >= REQUESTS) {
      this.#limited += 1;
      if (now >= this.#lockedUntil) this.#lockedUntil = now + this.#lockMs;
      return refusalOf(429);
    }
    this.#recent.push(now);
    if (this.#callsLeft === 0) return { status: 429, type: "PUBLIC_API_BILLING_LIMIT_EXCEEDED" };
    if (this.#callsLeft !== null) this.#callsLeft -= 1;
    return null;
  }

  report(): BaseReport {
    const tables = [...this.tables].map(([name, { records }]) => [name, records] as const);
    return {
      requests: this.#requests,
      limited: this.#limited,
      calls_left: this.#callsLeft,
      tables: Object.fromEntries(tables),
    };
  }
}
