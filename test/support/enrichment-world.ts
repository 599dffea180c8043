import type { AuditRecord } from "../../src/domain/audit/audit-record.ts";
import { AuditUnavailable } from "../../src/domain/audit/errors.ts";
import type { AuditTrail } from "../../src/domain/audit/ports.ts";
import type { CompanyFacts } from "../../src/domain/companies/company.ts";
import type { CalledAnswer } from "../../src/domain/enrichment/call-source.ts";
import type { FailureReason } from "../../src/domain/enrichment/failure-reason.ts";
import type {
  CollectedContact,
  CompanyCacheLayer,
  CompanyChange,
  CompanyStore,
  ToldCompany,
  ContactPlace,
  ContactStore,
  Requester,
} from "../../src/domain/enrichment/ports.ts";
import type { SourceName } from "../../src/domain/enrichment/source.ts";
import type { SourceRecord } from "../../src/domain/enrichment/source-record.ts";
import type { SourceState } from "../../src/domain/enrichment/source-state.ts";
import { STORED_COMPANY_VERSION, type StoredCompany } from "../../src/domain/enrichment/stored-company.ts";
import { mergeCompany } from "../../src/domain/enrichment/merge-company.ts";
import { scoreCompany } from "../../src/domain/scoring/score-company.ts";
import type { Score } from "../../src/domain/scoring/score.ts";

export const SIREN = "912345675";
export const NOW = Date.parse("2026-11-20T09:00:00.000Z");
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const iso = (ms: number): string => new Date(ms).toISOString();

export function buildRecord(overrides: Partial<SourceRecord> = {}): SourceRecord {
  return {
    siren: SIREN,
    as_of: "2026-11-01",
    identite: { nom_entreprise: "ATELIERS DURAND", statut: "active", code_naf: "25.62B" },
    ...overrides,
  };
}

/** A state read at NOW and fresh for an hour. */
export function buildState(source: SourceName, overrides: Partial<SourceState> = {}): SourceState {
  return {
    source,
    record: buildRecord(),
    record_hash: "hash",
    partial: false,
    retrieved_at: iso(NOW),
    fresh_until: iso(NOW + HOUR),
    unchanged: 0,
    vanished: false,
    ...overrides,
  };
}

export function scoreAt(facts: CompanyFacts, at: number): Score {
  return scoreCompany({ facts, sector: null, at: iso(at) });
}

/** A copy as a refresh at NOW would have made it of these states. */
export function buildStored(states: SourceState[], overrides: Partial<StoredCompany> = {}): StoredCompany {
  const known = states.some(({ record }) => record !== null);
  const score = known ? scoreAt(mergeCompany(SIREN, states).facts, NOW) : null;
  return { v: STORED_COMPANY_VERSION, siren: SIREN, states, sector: null, score, ...overrides };
}

export function foundAnswer(
  record: SourceRecord = buildRecord(),
  credits = 0,
): CalledAnswer & { kind: "found" } {
  return { kind: "found", record, partial: false, credits, calls: 1, durationMs: 5 };
}

export function notFoundAnswer(): CalledAnswer {
  return { kind: "not_found", credits: 0, calls: 1, durationMs: 5 };
}

export function failedAnswer(reason: FailureReason, retryAfterMs: number | null = null): CalledAnswer {
  return {
    kind: "failed",
    failure: { reason, retryAfterMs, detail: reason },
    credits: 0,
    calls: 1,
    durationMs: 5,
  };
}

/** Postgres in a map; `down` makes reads or writes fail. */
export class MemoryCompanyStore implements CompanyStore {
  readonly states = new Map<SourceName, SourceState>();
  readonly saved: CompanyChange[] = [];
  /** Of the audit, written together with what was saved. */
  readonly records: AuditRecord[] = [];
  score: Score | null = null;
  loads = 0;
  down = { load: false, save: false };
  /** Runs inside each load, after what it answers has been read. */
  duringLoad: () => Promise<void> = async () => undefined;

  async load(): Promise<{ states: SourceState[]; score: Score } | null> {
    this.loads += 1;
    if (this.down.load) throw new Error("postgres is away");
    const { score } = this;
    const states = [...this.states.values()];
    await this.duringLoad();
    return score === null ? null : { states, score };
  }

  async save(change: CompanyChange, records: AuditRecord[]): Promise<void> {
    if (this.down.save) throw new Error("postgres is away");
    this.saved.push(change);
    this.records.push(...records);
    this.score = change.score;
    for (const state of change.states) this.states.set(state.source, state);
  }

  put(...states: SourceState[]): void {
    for (const state of states) this.states.set(state.source, state);
    this.score = buildStored([...this.states.values()]).score;
  }
}

/** One level of the cache in a map, with what was written to it. */
export class MemoryLayer implements CompanyCacheLayer {
  readonly name: CompanyCacheLayer["name"];
  readonly copies = new Map<string, StoredCompany>();
  readonly written: StoredCompany[] = [];
  reads = 0;

  constructor(name: CompanyCacheLayer["name"], copy?: StoredCompany) {
    this.name = name;
    if (copy !== undefined) this.copies.set(copy.siren, copy);
  }

  async read(siren: string): Promise<StoredCompany | null> {
    this.reads += 1;
    return this.copies.get(siren) ?? null;
  }

  async write(stored: StoredCompany): Promise<void> {
    this.written.push(stored);
    this.copies.set(stored.siren, stored);
  }

  async forget(siren: string): Promise<void> {
    this.copies.delete(siren);
  }
}

export class MemoryContactStore implements ContactStore {
  readonly contacts = new Map<string, CollectedContact>();
  readonly records: AuditRecord[] = [];
  down = false;

  async list(organisationId: string, siren: string): Promise<CollectedContact[]> {
    if (this.down) throw new Error("postgres is away");
    const prefix = `${organisationId} ${siren} `;
    return [...this.contacts].flatMap(([key, contact]) => (key.startsWith(prefix) ? [contact] : []));
  }

  async save(
    { organisationId, siren }: ContactPlace,
    contacts: CollectedContact[],
    records: AuditRecord[],
  ): Promise<void> {
    if (this.down) throw new Error("postgres is away");
    this.records.push(...records);
    for (const contact of contacts) {
      this.contacts.set(`${organisationId} ${siren} ${contact.linkedin}`, contact);
    }
  }
}

/** The outbox by itself. */
export class MemoryTrail implements AuditTrail {
  readonly records: AuditRecord[] = [];
  /** What was told with each of a company. */
  readonly told: (ToldCompany | undefined)[] = [];
  down = false;

  async record(record: AuditRecord, about?: ToldCompany): Promise<void> {
    if (this.down) throw new AuditUnavailable("away");
    this.records.push(record);
    this.told.push(about);
  }
}

export function buildRequester(organisationId = "org_a"): Requester {
  const origin = { address: "192.0.2.1", userAgent: null, requestId: "req_1" };
  return { organisationId, actor: { kind: "key", id: `key_of_${organisationId}` }, origin };
}
