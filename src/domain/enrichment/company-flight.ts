import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256Hex } from "../../lib/digest.ts";
import { nafDivision } from "../companies/naf.ts";
import { scoreCompany } from "../scoring/score-company.ts";
import type { ActContext, AuditRecord } from "../audit/audit-record.ts";
import type { CalledAnswer } from "./call-source.ts";
import { type FlightCall, newCall, type Pending, recordsOf } from "./flight-call.ts";
import { mergeCompany } from "./merge-company.ts";
import { originOf } from "./origin-of.ts";
import { OwedRecords } from "./owed-records.ts";
import type {
  CompanyCacheLayer,
  CompanyChange,
  CompanyStore,
  CompanyTrail,
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
import { type Acceptance, freshnessOf, nextState, type SourceState } from "./source-state.ts";
import { isKnown, type KnownCompany, STORED_COMPANY_VERSION, type StoredCompany } from "./stored-company.ts";
import { Urgency } from "./urgency.ts";
import { errorKind } from "../../lib/error-kind.ts";

export interface CompanyFlightDeps {
  journal: FlightJournal;
  store: CompanyStore;
  /** For records that could not go with a save. */
  trail: CompanyTrail;
  /** Written after every refresh; the other levels fill themselves from it. */
  cache: CompanyCacheLayer;
  sectors: SectorReferenceStore;
  ask: (source: SourceName, siren: string, call: SourceCall) => Promise<CalledAnswer>;
  /** A request waits no longer than this for calls that others began. */
  requestBudgetMs: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  random: () => number;
  newId: ActContext["newId"];
  log: EnrichmentLog;
  /** Takes why a save failed, for who mends the code. */
  overcame: (error: unknown) => void;
}

/** Who pays for a call, and how it waits for its source. */
export interface SourceCall {
  payer: string;
  urgency: Urgency;
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

function faultOf(
  source: SourceName,
  { failure, calls, credits }: CalledAnswer & { kind: "failed" },
): SourceFault {
  const { reason, retryAfterMs } = failure;
  // Whoever was let through to try the source has been answered: a company that it chokes on must come to an end.
  const queued = calls === 0 && (reason === "circuit_open" || reason === "busy");
  return { source, reason, retryAfterMs, ...(queued ? { queued } : {}), ...(credits > 0 ? { credits } : {}) };
}

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
    const trail = { record: async (one: AuditRecord) => deps.trail.record(one, this.#current()) };
    this.#owed = new OwedRecords({ trail, log: deps.log }, records);
  }

  /** Throws only when Postgres can't be read: without it nothing may be asked or charged. */
  async refresh(request: RefreshRequest): Promise<RefreshResult> {
    const until = this.#deps.now() + this.#deps.requestBudgetMs;
    const remembered = this.#deps.now() - this.#loadedAt < RELOAD_AFTER_MS;
    if (!remembered) await this.#load();
    if (!this.#owed.isEmpty) await this.#inTurn(async () => this.#settle());
    // What can't be recorded can't be given: it is not bought either.
    const due = this.#owed.isEmpty ? request.sources.filter((source) => this.#isDue(source, request)) : [];
    let recorded = false;
    const faults: SourceFault[] = [];
    const spent: RefreshResult["spent"] = {};
    let open = due;
    while (open.length > 0) {
      const round = await this.#ask(open, request, until);
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

  async #ask(sources: SourceName[], { requester, patience }: RefreshRequest, until: number): Promise<Round> {
    const mine = sources.filter((source) => !this.#inflight.has(source));
    const own = mine.length > 0 ? this.#start(mine, requester, patience) : null;
    const pending = sources.flatMap((source) => this.#inflight.get(source) ?? []);
    for (const { waiting } of pending) waiting.add(requester);
    const round: Round = { recorded: false, faults: [], spent: {}, refused: [] };
    const calls = Map.groupBy(pending, ({ call }) => call);
    await Promise.all(
      Array.from(calls, async ([call, joined]) => {
        const answers = Promise.all(joined.map(async ({ answer }) => answer));
        if (call !== own && patience === "request") await this.#hurry(joined, answers, until);
        else await answers;
        await this.#keepAnswers(call);
        round.recorded ||= call.recorded.has(requester);
        for (const fault of this.#faultsOf(call, joined)) {
          const ours = call.payer.organisationId === requester.organisationId;
          if (fault.reason === "budget_reached" && !ours) round.refused.push(fault.source);
          else round.faults.push(fault);
        }
        for (const { waiting } of joined) waiting.delete(requester);
      }),
    );
    return { ...round, spent: own?.spent ?? {} };
  }

  /** Whoever waits himself makes the calls that he joins urgent, and waits for them as long as for his own. */
  async #hurry(joined: Pending[], answers: Promise<unknown>, until: number): Promise<void> {
    for (const { urgency } of joined) urgency.raise();
    await Promise.race([answers, this.#deps.sleep(Math.max(0, until - this.#deps.now()))]);
  }

  /** What has not answered yet had no place for us in the time there was. */
  #faultsOf(call: FlightCall, joined: Pending[]): SourceFault[] {
    return joined.flatMap((pending): SourceFault[] => {
      const { source } = pending;
      if (this.#inflight.get(source) === pending) return [{ source, reason: "busy", retryAfterMs: null }];
      return call.faults.filter((fault) => fault.source === source);
    });
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

  #isDue(source: SourceName, accepted: Acceptance): boolean {
    const state = this.#stored?.states.find((one) => one.source === source);
    return state === undefined || freshnessOf(state, this.#deps.now(), accepted) !== "fresh";
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

  #start(sources: SourceName[], payer: Requester, patience: Patience): FlightCall {
    const call = newCall(payer);
    for (const source of sources) {
      const urgency = new Urgency(patience);
      const answer = this.#answer(source, call, urgency);
      this.#inflight.set(source, { source, call, urgency, answer, waiting: new Set() });
    }
    return call;
  }

  /** Who joined hears of a failure from the call; who comes later asks for himself. */
  async #answer(source: SourceName, call: FlightCall, urgency: Urgency): Promise<void> {
    let state: SourceState | null = null;
    try {
      const payer = call.payer.organisationId;
      const answer = await this.#deps.ask(source, this.#siren, { payer, urgency });
      this.#logAnswer(source, answer);
      call.spent[source] = answer.credits;
      call.untold[source] = answer.credits;
      if (answer.kind === "failed") call.faults.push(faultOf(source, answer));
      else state = await this.#stateAfter(source, answer);
    } finally {
      if (state === null) this.#inflight.delete(source);
      else call.answered = [...call.answered, state];
    }
  }

  /** All that has answered so far goes into one save, whoever of those who wait comes first. */
  async #keepAnswers(call: FlightCall): Promise<void> {
    await this.#inTurn(async () => {
      const changed = call.answered;
      if (changed.length === 0) return;
      await this.#keep(changed, call);
      call.answered = call.answered.filter((state) => !changed.includes(state));
      for (const { source } of changed) this.#inflight.delete(source);
    });
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

  async #keep(changed: SourceState[], call: FlightCall): Promise<void> {
    const stored = await this.#build(withNewer(this.#current().states, changed));
    this.#stored = stored;
    this.#unsaved = withNewer(this.#unsaved, changed);
    if (isKnown(stored)) {
      const pending = changed.flatMap(({ source }) => this.#inflight.get(source) ?? []);
      const at = { siren: this.#siren, now: this.#deps.now(), newId: this.#deps.newId };
      await this.#save(stored, recordsOf(call, pending, at));
    }
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
      this.#deps.overcame(error);
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
