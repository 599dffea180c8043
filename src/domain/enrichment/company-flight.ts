import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { nafDivision } from "../companies/naf.ts";
import { scoreCompany } from "../scoring/score-company.ts";
import type { ActContext, AuditRecord } from "../audit/audit-record.ts";
import type { AuditTrail } from "../audit/ports.ts";
import { totalCredits } from "../usage/money.ts";
import type { CalledAnswer } from "./call-source.ts";
import { collectionRecord } from "./collection-record.ts";
import { mergeCompany } from "./merge-company.ts";
import { originOf } from "./origin-of.ts";
import { OwedRecords } from "./owed-records.ts";
import type {
  CompanyCacheLayer,
  CompanyChange,
  CompanyStore,
  EnrichmentLog,
  FlightJournal,
  Patience,
  RefreshRequest,
  RefreshResult,
  Requester,
  SectorReferenceStore,
  SourceFault,
} from "./ports.ts";
import type { SourceName } from "./source.ts";
import { freshnessOf, nextState, type SourceState } from "./source-state.ts";
import { isKnown, type KnownCompany, STORED_COMPANY_VERSION, type StoredCompany } from "./stored-company.ts";
import { errorKind } from "../../lib/error-kind.ts";

export interface CompanyFlightDeps {
  journal: FlightJournal;
  store: CompanyStore;
  /** For records that could not go with a save. */
  trail: AuditTrail;
  /** Written after every refresh; the other levels fill themselves from it. */
  cache: CompanyCacheLayer;
  sectors: SectorReferenceStore;
  ask: (source: SourceName, siren: string, call: SourceCall) => Promise<CalledAnswer>;
  now: () => number;
  random: () => number;
  newId: ActContext["newId"];
  log: EnrichmentLog;
}

/** Who pays for a call, and how it waits for its source. */
export interface SourceCall {
  payer: string;
  patience: Patience;
}

interface Batch {
  payer: Requester;
  faults: SourceFault[];
  spent: Partial<Record<SourceName, number>>;
  /** Of those who waited, one of each organisation: the audit names him. */
  recorded: Set<Requester>;
}

/** A source being asked. */
interface Pending {
  batch: Promise<Batch>;
  /** Who waits for it, the first of each organisation. */
  waiting: Map<string, Requester>;
}

/** What came of asking for some sources, or of joining those who did. */
interface Round {
  recorded: boolean;
  faults: SourceFault[];
  spent: Partial<Record<SourceName, number>>;
  /** Not asked because another organisation, whose call was joined, has no budget left. */
  refused: SourceName[];
}

const RELOAD_AFTER_MS = 60_000;

function withNewer(states: SourceState[], newer: SourceState[]): SourceState[] {
  const kept = states.filter(({ source }) => !newer.some((one) => one.source === source));
  return [...kept, ...newer];
}

/**
 * All refreshes of one company, in one memory: whoever asks for a source that is being asked waits for that
 * answer. Lives in a Durable Object, the only place where requests may share a promise.
 */
export class CompanyFlight {
  readonly #siren: string;
  readonly #deps: CompanyFlightDeps;
  readonly #inflight = new Map<SourceName, Pending>();
  #stored: StoredCompany | null = null;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #loading: Promise<void> | null = null;
  #saving: Promise<void> = Promise.resolve();
  /** States that Postgres did not take yet: they go with the next save. */
  #unsaved: SourceState[];
  readonly #owed: OwedRecords;

  constructor(siren: string, deps: CompanyFlightDeps) {
    this.#siren = siren;
    this.#deps = deps;
    const { states, records } = deps.journal.read();
    this.#unsaved = states;
    this.#owed = new OwedRecords(deps, records);
  }

  /** Throws only when Postgres can't be read: without it nothing may be asked or charged. */
  async refresh(request: RefreshRequest): Promise<RefreshResult> {
    const remembered = this.#deps.now() - this.#loadedAt < RELOAD_AFTER_MS;
    if (!remembered) await this.#load();
    if (!this.#owed.isEmpty) await this.#inTurn(async () => this.#settle());
    // What can't be recorded can't be given: it is not bought either.
    const due = this.#owed.isEmpty
      ? request.sources.filter((source) => this.#isDue(source, request.maxAgeMs))
      : [];
    let recorded = false;
    const faults: SourceFault[] = [];
    const spent: RefreshResult["spent"] = {};
    let open = due;
    while (open.length > 0) {
      const round = await this.#ask(open, request);
      recorded ||= round.recorded;
      faults.push(...round.faults);
      Object.assign(spent, round.spent);
      open = round.refused;
    }
    // What is just being stored may turn out not to be recordable.
    await this.#saving;
    return {
      stored: this.#current(),
      asked: due,
      audit: this.#owed.isEmpty ? (recorded ? "recorded" : "nothing") : "owed",
      faults,
      spent,
      origin: due.length > 0 ? "sources" : remembered ? "flight" : "postgres",
    };
  }

  async #ask(sources: SourceName[], { requester, patience }: RefreshRequest): Promise<Round> {
    const mine = sources.filter((source) => !this.#inflight.has(source));
    const own = mine.length > 0 ? this.#start(mine, requester, patience) : null;
    const pending = sources.flatMap((source) => this.#inflight.get(source) ?? []);
    for (const { waiting } of pending) {
      if (!waiting.has(requester.organisationId)) waiting.set(requester.organisationId, requester);
    }
    const batches = await Promise.all(new Set(pending.map(({ batch }) => batch)));
    const recorded = batches.some((batch) => batch.recorded.has(requester));
    const round: Round = { recorded, faults: [], spent: (await own)?.spent ?? {}, refused: [] };
    for (const batch of batches) {
      for (const fault of batch.faults.filter(({ source }) => sources.includes(source))) {
        const ours = batch.payer.organisationId === requester.organisationId;
        if (fault.reason === "budget_reached" && !ours) round.refused.push(fault.source);
        else round.faults.push(fault);
      }
    }
    return round;
  }

  /** The next refresh reads Postgres again. */
  forget(): void {
    this.#loadedAt = Number.NEGATIVE_INFINITY;
  }

  #current(): StoredCompany {
    return (
      this.#stored ?? { v: STORED_COMPANY_VERSION, siren: this.#siren, states: [], sector: null, score: null }
    );
  }

  #isDue(source: SourceName, maxAgeMs: number | null): boolean {
    const state = this.#stored?.states.find((one) => one.source === source);
    return state === undefined || freshnessOf(state, this.#deps.now(), maxAgeMs) !== "fresh";
  }

  async #load(): Promise<void> {
    this.#loading ??= this.#readStore().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  async #readStore(): Promise<void> {
    const before = this.#stored;
    const found = await this.#deps.store.load(this.#siren);
    const states = withNewer(found?.states ?? [], this.#unsaved);
    const read = states.length > 0 ? await this.#build(states) : null;
    // What a refresh learned during the read is newer than what was read.
    if (this.#stored === before && (read !== null || isKnown(before))) this.#stored = read;
    this.#loadedAt = this.#deps.now();
  }

  #start(sources: SourceName[], payer: Requester, patience: Patience): Promise<Batch> {
    const batch = this.#run(sources, payer, patience).finally(() => {
      for (const source of sources) this.#inflight.delete(source);
    });
    for (const source of sources) this.#inflight.set(source, { batch, waiting: new Map() });
    return batch;
  }

  async #run(sources: SourceName[], payer: Requester, patience: Patience): Promise<Batch> {
    const batch: Batch = { payer, faults: [], spent: {}, recorded: new Set() };
    const answers = await Promise.all(
      sources.map(async (source) => ({
        source,
        answer: await this.#deps.ask(source, this.#siren, { payer: payer.organisationId, patience }),
      })),
    );
    const changed: SourceState[] = [];
    for (const { source, answer } of answers) {
      batch.spent[source] = answer.credits;
      this.#logAnswer(source, answer);
      if (answer.kind === "failed") {
        const { reason, retryAfterMs } = answer.failure;
        const queued = reason === "busy" && answer.calls === 0;
        batch.faults.push({ source, reason, retryAfterMs, ...(queued ? { queued } : {}) });
      } else {
        changed.push(await this.#stateAfter(source, answer));
      }
    }
    if (changed.length > 0) await this.#inTurn(async () => this.#keep(changed, batch));
    return batch;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#saving.then(work);
    this.#saving = done.catch(() => undefined);
    await done;
  }

  async #stateAfter(
    source: SourceName,
    answer: Exclude<CalledAnswer, { kind: "failed" }>,
  ): Promise<SourceState> {
    const record = answer.kind === "found" ? answer.record : null;
    const reading = {
      source,
      record,
      record_hash: await sha256Hex(canonicalJson(record)),
      partial: answer.kind === "found" && answer.partial,
    };
    const previous = this.#stored?.states.find((state) => state.source === source);
    return nextState(previous, reading, { now: this.#deps.now(), chance: this.#deps.random() });
  }

  async #build(states: SourceState[]): Promise<StoredCompany> {
    const base = { v: STORED_COMPANY_VERSION, siren: this.#siren, states } as const;
    if (!states.some((state) => state.record !== null)) return { ...base, sector: null, score: null };
    const { facts, origins } = mergeCompany(this.#siren, states);
    const division = facts.code_naf === null ? null : nafDivision(facts.code_naf);
    const sector = division === null ? null : await this.#deps.sectors.find(division);
    const at = new Date(this.#deps.now()).toISOString();
    return { ...base, sector, score: scoreCompany({ facts, sector, at, facts_sources: originOf(origins) }) };
  }

  async #keep(changed: SourceState[], batch: Batch): Promise<void> {
    const stored = await this.#build(withNewer(this.#current().states, changed));
    this.#stored = stored;
    this.#unsaved = withNewer(this.#unsaved, changed);
    if (isKnown(stored)) await this.#save(stored, this.#recordsOf(batch, changed));
    await this.#share(stored);
  }

  /** A copy in a cache is given to whoever asks. */
  async #share(stored: StoredCompany): Promise<void> {
    if (this.#owed.isEmpty) await this.#deps.cache.write(stored);
  }

  async #settle(): Promise<void> {
    if (this.#owed.isEmpty) return;
    await this.#settleOwed();
    await this.#share(this.#current());
  }

  async #settleOwed(): Promise<void> {
    await this.#owed.settle();
    this.#writeJournal();
  }

  /** One of each organisation that waits now; those who come later read what is stored. */
  #recordsOf(batch: Batch, changed: SourceState[]): AuditRecord[] {
    const told = new Map<string, { requester: Requester; sources: SourceName[] }>();
    for (const { source } of changed) {
      for (const [organisationId, requester] of this.#inflight.get(source)?.waiting ?? []) {
        const one = told.get(organisationId) ?? { requester, sources: [] };
        told.set(organisationId, { ...one, sources: [...one.sources, source] });
      }
    }
    const at = { siren: this.#siren, now: this.#deps.now(), newId: this.#deps.newId };
    return Array.from(told.values(), ({ requester, sources }) => {
      batch.recorded.add(requester);
      const paid = requester.organisationId === batch.payer.organisationId;
      const details = { sources: sources.join(","), credits: paid ? totalCredits(batch.spent) : 0 };
      return collectionRecord(requester, at, { action: "company.enriched", details });
    });
  }

  async #save(stored: KnownCompany, records: AuditRecord[]): Promise<void> {
    try {
      const change = await this.#changeOf(stored, this.#unsaved);
      await this.#deps.store.save(change, [...this.#owed.list, ...records]);
      this.#unsaved = [];
      this.#owed.clear();
      this.#writeJournal();
    } catch (error) {
      this.#owed.add(records);
      // The answers have been paid for: they still serve from the caches, and go with the next save.
      this.#writeJournal();
      this.#deps.log.event("company_not_stored", { siren: this.#siren, error: errorKind(error) });
      await this.#settleOwed();
    }
  }

  #writeJournal(): void {
    this.#deps.journal.write({ states: this.#unsaved, records: this.#owed.list });
  }

  async #changeOf(stored: KnownCompany, states: SourceState[]): Promise<CompanyChange> {
    const { facts } = mergeCompany(this.#siren, stored.states);
    const factsHash = await sha256Hex(canonicalJson(facts));
    const at = new Date(this.#deps.now()).toISOString();
    return { siren: this.#siren, at, states, facts, factsHash, score: stored.score };
  }

  #logAnswer(source: SourceName, answer: CalledAnswer): void {
    this.#deps.log.event("source_asked", {
      siren: this.#siren,
      source,
      outcome: answer.kind === "failed" ? answer.failure.reason : answer.kind,
      calls: answer.calls,
      credits: answer.credits,
      duration_ms: answer.durationMs,
      detail: answer.kind === "failed" ? answer.failure.detail : null,
    });
  }
}
