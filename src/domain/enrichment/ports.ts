import type { AuditActor, AuditRecord, RequestOrigin } from "../audit/audit-record.ts";
import type { CompanyFacts, Contact } from "../companies/company.ts";
import type { Score } from "../scoring/score.ts";
import type { SectorReference } from "../scoring/sector-reference.ts";
import type { FailureReason } from "./failure-reason.ts";
import type { CallReport, GatePlace, Permit } from "./gate.ts";
import type { SourceName } from "./source.ts";
import type { SourceRecord } from "./source-record.ts";
import type { SourceState } from "./source-state.ts";
import type { StoredCompany } from "./stored-company.ts";

/** A person to look for at a contact provider; `profil` is the bare LinkedIn slug. */
export interface LinkedinProfile {
  nom: string;
  profil: string;
}

export interface SourceQuery {
  siren: string;
  linkedin: LinkedinProfile[];
}

export interface SourceFailure {
  reason: FailureReason;
  /** When the upstream says so, or when our gate or breaker reopens. */
  retryAfterMs: number | null;
  /** Internal, for logs: never sent to a client, holds no key and no personal datum. */
  detail: string;
}

export type SourceAnswer =
  | { kind: "found"; record: SourceRecord; partial: boolean; credits: number }
  | { kind: "not_found"; credits: number }
  | { kind: "failed"; failure: SourceFailure; credits: number };

/** One upstream. `lookUp` makes one attempt (no retry, no gate), never throws, and obeys the signal. */
export interface SourceProvider {
  readonly name: SourceName;
  lookUp(query: SourceQuery, signal: AbortSignal): Promise<SourceAnswer>;
}

/** The gate of each source: rate and circuit breaker, shared by every isolate. */
export interface SourceGates {
  acquire(source: SourceName, place: GatePlace): Promise<Permit>;
  report(source: SourceName, call: CallReport): Promise<void>;
}

/** One refresh to keep: only the states that changed, and the merge of all. */
export interface CompanyChange {
  siren: string;
  at: string;
  states: SourceState[];
  facts: CompanyFacts;
  factsHash: string;
  score: Score;
}

/** The system of record. */
export interface CompanyStore {
  /** null: never stored. */
  load(siren: string): Promise<{ states: SourceState[]; score: Score } | null>;
  /** All or nothing, the audit's records included; adds a snapshot when the facts changed and a score when it did. */
  save(change: CompanyChange, records: AuditRecord[]): Promise<void>;
}

/** What those who listen are told of a company. */
export type ToldCompany = { siren: string; score: Score | null };

/** For records that could not go with a save. */
export interface CompanyTrail {
  /** Together with what those who listen are told of it. Throws when Postgres does not take both. */
  record(record: AuditRecord, about: ToldCompany): Promise<void>;
}

/** What Postgres did not take yet. */
export interface Unsaved {
  states: SourceState[];
  /** Of collections that nobody may be answered with before they are written. */
  records: AuditRecord[];
}

/** Where a flight keeps what Postgres did not take, so that it outlives the flight's memory. */
export interface FlightJournal {
  read(): Unsaved;
  write(unsaved: Unsaved): void;
}

export interface SectorReferenceStore {
  /** Measured reference of a NAF division; null while too few of its companies are stored. */
  find(division: string): Promise<SectorReference | null>;
}

/** A copy of `StoredCompany` somewhere faster than Postgres. A failure reads as a miss and is logged. */
export interface CompanyCacheLayer {
  readonly name: "isolate" | "edge" | "kv" | "postgres";
  read(siren: string): Promise<StoredCompany | null>;
  write(stored: StoredCompany): Promise<void>;
  forget(siren: string): Promise<void>;
}

export interface CollectedContact extends Contact {
  linkedin: string;
  fresh_until: string;
}

/** Contacts are licensed to the organisation that paid for them. */
export interface ContactStore {
  list(organisationId: string, siren: string): Promise<CollectedContact[]>;
  /** All or nothing, the audit's records included. */
  save(place: ContactPlace, contacts: CollectedContact[], records: AuditRecord[]): Promise<void>;
}

export interface ContactPlace {
  organisationId: string;
  siren: string;
}

/** Who asks: the organisation that pays and gets the data, and whom its audit names. */
export interface Requester {
  organisationId: string;
  actor: AuditActor;
  origin: RequestOrigin;
}

/** `batch`: nobody is waiting; those who are come first at every source, and it waits longer than they would. */
export type Patience = "request" | "batch";

export interface RefreshRequest {
  siren: string;
  sources: SourceName[];
  /** The oldest data the caller accepts; null: each source's own freshness. */
  maxAgeMs: number | null;
  /** Unix ms. What was read since is fresh enough, whatever its age: who comes again does not buy again. */
  notBefore?: number;
  /** Pays for the calls that this request starts. */
  requester: Requester;
  patience: Patience;
}

export interface ContactRequest {
  requester: Requester;
  siren: string;
  linkedin: LinkedinProfile[];
  maxAgeMs: number | null;
}

export interface SourceFault {
  source: SourceName;
  reason: FailureReason;
  retryAfterMs: number | null;
  /** Its turn did not come: its gate had no place in the time there was, or knows that it is away. */
  queued?: true;
  /** Billed, although it is no use. */
  credits?: number;
}

/**
 * Whether personal data were collected for this request. "recorded": they are in its organisation's audit.
 * "owed": a record could not be written, and nothing of the answer may be given.
 */
export type CollectionAudit = "nothing" | "recorded" | "owed";

/** What one refresh did. `spent`: credits of the calls this refresh itself made. */
export interface RefreshResult {
  stored: StoredCompany;
  /** Asked now, by this refresh or by one it joined. */
  asked: SourceName[];
  audit: CollectionAudit;
  faults: SourceFault[];
  spent: Partial<Record<SourceName, number>>;
  /** The states came from Postgres and nothing had to be asked. */
  origin: "flight" | "postgres" | "sources";
}

export interface ContactResult {
  contacts: CollectedContact[];
  /** The provider was asked just now. */
  asked: boolean;
  audit: CollectionAudit;
  fault: SourceFault | null;
  credits: number;
}

/** One place in the world per company: what is asked of it at the same time is asked of the sources once. */
export interface EnrichmentFlights {
  refresh(request: RefreshRequest): Promise<RefreshResult>;
  collectContacts(request: ContactRequest): Promise<ContactResult>;
  forget(siren: string): Promise<void>;
}

export interface EnrichmentLog {
  event(name: string, fields: Record<string, string | number | boolean | null>): void;
}
