import type { CalledAnswer } from "../../../../src/domain/enrichment/call-source.ts";
import { CompanyFlight, type CompanyFlightDeps } from "../../../../src/domain/enrichment/company-flight.ts";
import type {
  FlightJournal,
  RefreshRequest,
  RefreshResult,
  Unsaved,
} from "../../../../src/domain/enrichment/ports.ts";
import type { Urgency } from "../../../../src/domain/enrichment/urgency.ts";
import type { SourceName } from "../../../../src/domain/enrichment/source.ts";
import {
  buildRequester,
  foundAnswer,
  MemoryCompanyStore,
  MemoryLayer,
  MemoryTrail,
  NOW,
  SIREN,
} from "../../../support/enrichment-world.ts";

type Answers = Partial<Record<SourceName, CalledAnswer>>;

/** One flight over in-memory ports; a source answers when its hold, if any, is let go. */
export function board(answers: Answers = {}) {
  const store = new MemoryCompanyStore();
  const cache = new MemoryLayer("kv");
  const asked: SourceName[] = [];
  const events: { name: string; fields: Record<string, unknown> }[] = [];
  const overcome: unknown[] = [];
  const holds = new Map<SourceName, Promise<void>>();
  const urgencies = new Map<SourceName, Urgency>();
  const sleeping: { ms: number; end: () => void }[] = [];
  const clock = { now: NOW };
  const scene: { answers: Answers; answersFor: (payer: string) => Answers } = {
    answers,
    answersFor: () => scene.answers,
  };
  const journal = new MemoryJournal();
  const trail = new MemoryTrail();
  const deps: CompanyFlightDeps = {
    journal,
    trail,
    newId: (prefix) => `${prefix}_${asked.length}`,
    store,
    cache,
    sectors: { find: async () => null },
    ask: async (source, _siren, { payer, urgency }) => {
      asked.push(source);
      urgencies.set(source, urgency);
      await holds.get(source);
      return scene.answersFor(payer)[source] ?? foundAnswer();
    },
    requestBudgetMs: 8_000,
    now: () => clock.now,
    sleep: async (ms) => new Promise((resolve) => sleeping.push({ ms, end: resolve })),
    random: () => 0.5,
    log: { event: (name, fields) => void events.push({ name, fields }) },
    overcame: (error) => void overcome.push(error),
  };
  const flight = new CompanyFlight(SIREN, deps);
  const refresh = (sources: SourceName[], more: Partial<RefreshRequest> = {}): Promise<RefreshResult> =>
    flight.refresh({
      siren: SIREN,
      sources,
      maxAgeMs: null,
      requester: buildRequester("org_a"),
      patience: "request",
      ...more,
    });
  const hold = (source: SourceName): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    holds.set(source, promise);
    return resolve;
  };
  return {
    store,
    cache,
    asked,
    events,
    overcome,
    clock,
    scene,
    flight,
    refresh,
    hold,
    deps,
    journal,
    trail,
    urgencies,
    sleeping,
  };
}

export class MemoryJournal implements FlightJournal {
  #unsaved: Unsaved = { states: [], records: [] };

  read(): Unsaved {
    return this.#unsaved;
  }

  write(unsaved: Unsaved): void {
    this.#unsaved = unsaved;
  }
}

/** Lets everything run that does not wait for a hold. */
export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
