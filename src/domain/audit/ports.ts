import type { Anchor } from "./anchor.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { AuditFilter } from "./audit-filter.ts";
import type { AuditRecord, WrittenRecord } from "./audit-record.ts";

/** For acts that write nothing else to Postgres; the others carry their record in their own transaction. */
export interface AuditTrail {
  /** Throws `AuditUnavailable`: the act must then not happen, or not be answered as done. */
  record(record: AuditRecord): Promise<void>;
}

/** Asks the chain of an organisation to take what waits in the outbox. Never throws: a cron asks again. */
export type ChainPoke = (organisationId: string) => Promise<void>;

export interface WaitingRecord {
  /** Of the row in the outbox. */
  position: string;
  record: WrittenRecord;
}

/** An entry on its way from the outbox to the log. */
export interface PendingEntry {
  position: string;
  entry: AuditEntry;
}

export interface StoredLink {
  seq: number;
  hash: string;
  previousHash: string;
}

/** The outbox and the log of one organisation. Throws `StorageUnavailable`. */
export interface ChainTables {
  waiting(organisationId: string, limit: number): Promise<WaitingRecord[]>;
  /** Writes the entries and takes their records out of the outbox, at once; the same batch again changes nothing. */
  append(organisationId: string, batch: readonly PendingEntry[]): Promise<void>;
  /** Links from `from` on, in order. */
  links(organisationId: string, from: number, limit: number): Promise<StoredLink[]>;
}

export interface ChainHead {
  /** 0 while the chain is empty. */
  seq: number;
  hash: string;
}

export interface AnchorMark extends ChainHead {
  /** RFC 3339; null while there is no anchor. */
  at: string | null;
}

/** What one chain remembers, apart from the entries that no anchor holds yet. */
export interface ChainState {
  head: ChainHead;
  anchored: AnchorMark;
  /** An anchor that is being written: a repetition writes the same one. */
  planned: { to: number; at: string } | null;
  /** The memory was lost, and built anew from the log and the archive, which went up to here. */
  resumed: { seq: number; at: string } | null;
  /** When the oldest entry that no anchor holds was appended, ms. */
  unanchoredSince: number | null;
}

/** The chain's own durable memory. Each call takes effect whole, or not at all. */
export interface ChainMemory {
  /** null: nothing is remembered. */
  state(): ChainState | null;
  save(state: ChainState): void;
  pending(): PendingEntry[];
  stage(batch: readonly PendingEntry[]): void;
  /** Nothing is pending any more; the hashes of the new entries are kept. */
  commit(state: ChainState, links: readonly ChainHead[]): void;
  /** Hashes of entries that no anchor holds. */
  hashes(from: number, to: number): ChainHead[];
  /** Hashes up to the anchored number are no longer kept. */
  release(state: ChainState): void;
}

/** Anchors of all organisations. Throws `StorageUnavailable`. */
export interface AnchorArchive {
  /** false: there is one already, and it was left as it is. */
  create(anchor: Anchor): Promise<boolean>;
  /** The anchor that ends at `to`: null when there is none, "unreadable" when it is no anchor. */
  load(organisationId: string, to: number): Promise<Anchor | "unreadable" | null>;
  /** Last numbers of the anchors that end at `from` or after it, in order. */
  list(organisationId: string, from: number, limit: number): Promise<number[]>;
}

/** Throws `StorageUnavailable` when keys can't be read. */
export interface HeadSigner {
  sign(text: (keyId: string) => string): Promise<{ keyId: string; signature: string }>;
  /** false: not signed by us, or with a key that we do not have. */
  verify(signed: { keyId: string; text: string; signature: string }): Promise<boolean>;
  /** All generations, newest first. */
  publicKeys(): Promise<PublicKey[]>;
}

export interface PublicKey {
  key_id: string;
  algorithm: "Ed25519";
  /** The 32 raw bytes, base64. */
  public_key: string;
}

/** What a chain can testify to. */
export interface Witness {
  head: ChainHead;
  /** The last number that the log may hold: that of a batch under way. */
  pendingTo: number;
  anchored: AnchorMark;
  resumed: ChainState["resumed"];
  /** Of the asked range, those that no anchor holds. */
  hashes: ChainHead[];
}

export interface AuditChains {
  /** Throws `StorageUnavailable` when the chain can't be asked. */
  witness(organisationId: string, range: { from: number; to: number }): Promise<Witness>;
}

/** Entries as they are stored. Throws `StorageUnavailable`. */
export interface AuditLog {
  /** Numbers `from` to `to`, in order, `limit` at most: the same number may be there more than once. */
  range(organisationId: string, range: { from: number; to: number; limit: number }): Promise<AuditEntry[]>;
  /** The smallest number after this one, or of all; null: there is none. */
  next(organisationId: string, after: number | null): Promise<number | null>;
}

/** After the entry `after`, up to the number `last`. */
export interface ExportPage {
  after: { seq: number; id: string };
  last: number;
  limit: number;
}

/** Entries that a filter chooses. Throws `StorageUnavailable`. */
export interface AuditReader {
  newest(filter: AuditFilter, page: { before: number | null; limit: number }): Promise<AuditEntry[]>;
  oldest(filter: AuditFilter, page: ExportPage): Promise<AuditEntry[]>;
}

export interface AuditEvents {
  event(name: string, fields: Record<string, string | number | boolean | null>): void;
}
