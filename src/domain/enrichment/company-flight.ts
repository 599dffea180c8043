import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { nafDivision } from "../companies/naf.ts";
import { scoreCompany } from "../scoring/score-company.ts";
import type { CalledAnswer } from "./call-source.ts";
import { mergeCompany } from "./merge-company.ts";
import { originOf } from "./origin-of.ts";
import type {
  CompanyCacheLayer,
  CompanyChange,
  CompanyStore,
  EnrichmentLog,
  FlightJournal,
  RefreshRequest,
  RefreshResult,
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
  /** Written after every refresh; the other levels fill themselves from it. */
  cache: CompanyCacheLayer;
  sectors: SectorReferenceStore;
  ask: (source: SourceName, siren: string, payer: string) => Promise<CalledAnswer>;
  now: () => number;
  random: () => number;
  log: EnrichmentLog;
}

interface Batch {
  payer: string;
  faults: SourceFault[];
  spent: Partial<Record<SourceName, number>>;
}

/** A source being asked. */
interface Pending {
  batch: Promise<Batch>;
  /** Organisations that wait for it. */
  told: Set<string>;
}

/** What came of asking for some sources, or of joining those who did. */
interface Round {
  collected: SourceName[];
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
  #unsaved: SourceState[] = [];

  constructor(siren: string, deps: CompanyFlightDeps) {
    this.#siren = siren;
    this.#deps = deps;
    this.#unsaved = deps.journal.read();
  }

  /** Throws only when Postgres can't be read: without it nothing may be asked or charged. */
  async refresh(request: RefreshRequest): Promise<RefreshResult> {
    const remembered = this.#deps.now() - this.#loadedAt < RELOAD_AFTER_MS;
    if (!remembered) await this.#load();
    const due = request.sources.filter((source) => this.#isDue(source, request.maxAgeMs));
    const collected: SourceName[] = [];
    const faults: SourceFault[] = [];
    const spent: RefreshResult["spent"] = {};
    let open = due;
    while (open.length > 0) {
      const round = await this.#ask(open, request.payer);
      collected.push(...round.collected);
      faults.push(...round.faults);
      Object.assign(spent, round.spent);
      open = round.refused;
    }
    return {
      stored: this.#current(),
      asked: due,
      collected,
      faults,
      spent,
      origin: due.length > 0 ? "sources" : remembered ? "flight" : "postgres",
    };
  }

  async #ask(sources: SourceName[], payer: string): Promise<Round> {
    const mine = sources.filter((source) => !this.#inflight.has(source));
    const own = mine.length > 0 ? this.#start(mine, payer) : null;
    const news = sources.filter((source) => this.#isNewsTo(payer, source));
    const joined = new Set(sources.flatMap((source) => this.#inflight.get(source)?.batch ?? []));
    const batches = await Promise.all(joined);
    const failed = new Set(batches.flatMap(({ faults }) => faults.map(({ source }) => source)));
    const collected = news.filter((source) => !failed.has(source));
    const round: Round = { collected, faults: [], spent: (await own)?.spent ?? {}, refused: [] };
    for (const batch of batches) {
      for (const fault of batch.faults.filter(({ source }) => sources.includes(source))) {
        const theirs = fault.reason === "budget_reached" && batch.payer !== payer;
        if (theirs) round.refused.push(fault.source);
        else round.faults.push(fault);
      }
    }
    return round;
  }

  /** Whether nobody else of this organisation waits for this source already. */
  #isNewsTo(payer: string, source: SourceName): boolean {
    const told = this.#inflight.get(source)?.told;
    if (told === undefined || told.has(payer)) return false;
    told.add(payer);
    return true;
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

  #start(sources: SourceName[], payer: string): Promise<Batch> {
    const batch = this.#run(sources, payer).finally(() => {
      for (const source of sources) this.#inflight.delete(source);
    });
    for (const source of sources) this.#inflight.set(source, { batch, told: new Set() });
    return batch;
  }

  async #run(sources: SourceName[], payer: string): Promise<Batch> {
    const batch: Batch = { payer, faults: [], spent: {} };
    const answers = await Promise.all(
      sources.map(async (source) => ({ source, answer: await this.#deps.ask(source, this.#siren, payer) })),
    );
    const changed: SourceState[] = [];
    for (const { source, answer } of answers) {
      batch.spent[source] = answer.credits;
      this.#logAnswer(source, answer);
      if (answer.kind === "failed") {
        const { reason, retryAfterMs } = answer.failure;
        batch.faults.push({ source, reason, retryAfterMs });
      } else {
        changed.push(await this.#stateAfter(source, answer));
      }
    }
    if (changed.length > 0) {
      const saved = this.#saving.then(() => this.#keep(changed));
      this.#saving = saved.catch(() => undefined);
      await saved;
    }
    return batch;
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

  async #keep(changed: SourceState[]): Promise<void> {
    const stored = await this.#build(withNewer(this.#current().states, changed));
    this.#stored = stored;
    this.#unsaved = withNewer(this.#unsaved, changed);
    if (isKnown(stored)) await this.#save(stored);
    await this.#deps.cache.write(stored);
  }

  async #save(stored: KnownCompany): Promise<void> {
    try {
      await this.#deps.store.save(await this.#changeOf(stored, this.#unsaved));
      this.#unsaved = [];
      this.#deps.journal.write([]);
    } catch (error) {
      // The answers have been paid for: they still serve from the caches, and go with the next save.
      this.#deps.journal.write(this.#unsaved);
      this.#deps.log.event("company_not_stored", { siren: this.#siren, error: errorKind(error) });
    }
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
