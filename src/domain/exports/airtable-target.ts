import type { RateLimit } from "../enrichment/gate.ts";

export const AIRTABLE_BASE_ID = /^app[A-Za-z0-9]{14}$/;
/** A personal access token or an OAuth token: what an `Authorization` header can carry. */
export const AIRTABLE_TOKEN = /^[\x21-\x7e]{1,300}$/;
export const AIRTABLE_TABLE_LENGTH = 255;

/** An id or a name that can be one part of a path: `.` and `..` would lead to another path, encoded or not. */
export function isAirtableTable(table: string): boolean {
  if (table.trim() === "" || table.length > AIRTABLE_TABLE_LENGTH || !table.isWellFormed()) return false;
  return !/\p{Cc}/u.test(table) && table !== "." && table !== "..";
}

/** Records of one request. */
export const AIRTABLE_RECORDS = 10;
/** A base that was asked too often takes nothing for this long. */
export const AIRTABLE_LOCK_MS = 30_000;

/**
 * Airtable allows five requests a second and base, as they arrive. One at a time, not five at once: then no six of them
 * arrive within a second, however late one of them is, unless others overtake it by 300 ms.
 */
export const AIRTABLE_LIMITS: RateLimit[] = [{ limit: 1, window_ms: 260 }];

/** Names the gate of one base, for all who fill it. */
export type AirtableGate = `airtable:${string}`;

export function isAirtableGate(name: string): name is AirtableGate {
  return name.startsWith("airtable:");
}
