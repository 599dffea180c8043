import type {
  LimitCounters,
  LimitSettings,
  PermitReply,
  PermitRequest,
} from "../../../../src/domain/limits/ports.ts";
import { type LimitOverrides, NO_OVERRIDES } from "../../../../src/domain/limits/limit-overrides.ts";
import {
  type LimitWindow,
  newWindowState,
  type Reading,
  readWindow,
  takeBack,
  takePermits,
  type WindowState,
} from "../../../../src/domain/limits/sliding-window.ts";

/** The counters of all subjects, with one clock and no network. */
export class InMemoryCounters implements LimitCounters {
  readonly #states = new Map<string, WindowState>();
  readonly #now: () => number;
  #leases = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async take(subject: string, { window, want, refunds }: PermitRequest): Promise<PermitReply> {
    const state = this.#state(subject, window);
    const early = takeBack(state, refunds, this.#now());
    this.#leases += 1;
    const leaseId = `lease ${this.#leases}`;
    return { ...takePermits(state, window, { now: this.#now(), want, leaseId }), leaseId, early };
  }

  async read(subject: string, windows: LimitWindow[]): Promise<Reading[]> {
    return windows.map((window) => readWindow(this.#state(subject, window), window, this.#now()));
  }

  #state(subject: string, { policy }: LimitWindow): WindowState {
    const key = `${subject} ${policy}`;
    const state = this.#states.get(key) ?? newWindowState();
    this.#states.set(key, state);
    return state;
  }
}

/** Settings that are always fresh. */
export function fixedSettings(overrides: LimitOverrides = NO_OVERRIDES): LimitSettings {
  return { fresh: () => overrides, read: async () => overrides };
}
