import { Lru } from "../../lib/lru.ts";
import type { PermitReply, PermitRequest } from "./ports.ts";
import { LEASE_MS, type LimitWindow, type Reading, type Refund } from "./sliding-window.ts";

/** Where a caller stands with a limit. */
export interface Standing extends Reading {
  window: LimitWindow;
  admitted: boolean;
}

/** `leads`: the one that may ask for a lease; those beside it ask for themselves. */
interface Question {
  request: PermitRequest;
  leads: boolean;
}

/** What one isolate knows of one window. Times are of its own clock. */
interface Holding {
  window: LimitWindow;
  /** Of the last grant, whether a lease or a single permit. */
  granted: number;
  left: number;
  leaseId: string;
  expiresAt: number;
  remaining: number;
  resetAt: number;
  deniedUntil: number;
  /** Another request asks for a lease until then: others ask for themselves only. */
  askingUntil: number;
  refunds: Refund[];
}

const CAPACITY = 10_000;
const MAX_REFUNDS = 20;
/** A refund is worth something as long as its charge counts. */
const KEEP_MS = 3_600_000;

function newHolding(window: LimitWindow): Holding {
  return {
    window,
    granted: 0,
    left: 0,
    leaseId: "",
    expiresAt: 0,
    remaining: 0,
    resetAt: 0,
    deniedUntil: 0,
    askingUntil: 0,
    refunds: [],
  };
}

/** Twice as much while leases are used up early, as much as was spent when not, one after a pause. */
function demandOf({ granted, left, expiresAt }: Holding, now: number): number {
  if (now < expiresAt) return granted * 2;
  return now < expiresAt + LEASE_MS ? granted - left : 1;
}

/** What is left of a lease can be handed back; a single permit was spent by whoever asked for it. */
function closeLease(holding: Holding): void {
  const { granted, leaseId, left } = holding;
  if (granted > 1) holding.refunds = [...holding.refunds, { leaseId, unspent: left }].slice(-MAX_REFUNDS);
  holding.granted = 0;
  holding.left = 0;
}

function admittedBy({ window, remaining, left, resetAt }: Holding, now: number): Standing {
  return { window, admitted: true, remaining: remaining + left, resetMs: Math.max(0, resetAt - now) };
}

/** Of another limit than now a refusal says nothing. */
function refusalOf(holding: Holding, window: LimitWindow, now: number): Standing | null {
  if (now >= holding.deniedUntil || holding.window.limit !== window.limit) return null;
  return { window, admitted: false, remaining: 0, resetMs: holding.deniedUntil - now };
}

/** The permits and refusals that one isolate holds, by caller and policy: most requests need no other. */
export class LeaseBook {
  readonly #holdings = new Lru<Holding>(CAPACITY);

  /** Answers from what is held; null: ask. */
  spend(key: string, window: LimitWindow, now: number): Standing | null {
    const holding = this.#holdings.get(key, now);
    if (holding === undefined) return null;
    if (holding.left > 0 && now < holding.expiresAt) {
      holding.left -= 1;
      return admittedBy(holding, now);
    }
    return refusalOf(holding, window, now);
  }

  /** A refusal that still holds; spends nothing. */
  refusal(key: string, window: LimitWindow, now: number): Standing | null {
    const holding = this.#holdings.get(key, now);
    return holding === undefined ? null : refusalOf(holding, window, now);
  }

  /** What to ask the counter for. */
  ask(key: string, window: LimitWindow, now: number): Question {
    const holding = this.#holdings.get(key, now) ?? newHolding(window);
    if (now < holding.askingUntil) return { request: { window, want: 1, refunds: [] }, leads: false };
    const want = Math.max(1, demandOf(holding, now));
    closeLease(holding);
    holding.askingUntil = now + LEASE_MS;
    this.#holdings.set(key, holding, now + KEEP_MS);
    return { request: { window, want, refunds: holding.refunds }, leads: true };
  }

  /** Takes note of an answer. `sentAt`: before the question left, so that no lease lasts longer here than there. */
  note(
    key: string,
    { request, leads }: Question,
    { reply, sentAt, now }: { reply: PermitReply; sentAt: number; now: number },
  ): Standing {
    const { window, refunds } = request;
    const holding = this.#holdings.get(key, now) ?? newHolding(window);
    const { granted, leaseId, early, remaining, resetMs } = reply;
    Object.assign(holding, { window, remaining, resetAt: now + resetMs });
    holding.refunds = holding.refunds.filter((one) => !refunds.includes(one) || early.includes(one.leaseId));
    // A grant ends a refusal: the limit was raised meanwhile.
    holding.deniedUntil = granted === 0 ? holding.resetAt : 0;
    if (leads) {
      closeLease(holding);
      const left = Math.max(0, granted - 1);
      Object.assign(holding, { granted, left, leaseId, expiresAt: sentAt + LEASE_MS, askingUntil: 0 });
    }
    this.#holdings.set(key, holding, now + KEEP_MS);
    return granted > 0 ? admittedBy(holding, now) : { window, admitted: false, remaining: 0, resetMs };
  }

  /** Permits that were charged and can still be spent here. */
  heldFor(key: string, now: number): number {
    const holding = this.#holdings.get(key, now);
    return holding !== undefined && now < holding.expiresAt ? holding.left : 0;
  }

  /** No answer came: the next request asks anew, for itself only. */
  lost(key: string, now: number): void {
    const holding = this.#holdings.get(key, now);
    if (holding !== undefined) holding.askingUntil = 0;
  }
}
