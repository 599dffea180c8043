import type { Principal } from "../accounts/principal.ts";
import { networkOf } from "../../lib/network.ts";
import { type Caller, effectiveLimit } from "./effective-limit.ts";
import { LimiterUnavailable } from "./errors.ts";
import { LeaseBook, type Standing } from "./lease-book.ts";
import { POLICIES, type PolicyName } from "./limit-table.ts";
import type { LimitCounters, LimitSettings } from "./ports.ts";
import type { LimitWindow, Reading } from "./sliding-window.ts";

export interface LimiterDeps {
  counters: LimitCounters;
  settings: LimitSettings;
  now: () => number;
  log: { event(name: string, fields: Record<string, string>): void };
  /** What must not wait for an unreachable limiter waits no longer than this. */
  readTimeoutMs: number;
}

/** What must be counted waits longer. */
export const PATIENT_MS = 5_000;

const PRINCIPAL_POLICIES = (Object.keys(POLICIES) as PolicyName[]).filter(
  (name) => POLICIES[name].per === "principal",
);

function subjectOf(caller: Caller): string {
  if (!("address" in caller)) {
    return `rl:v1:${caller.organisationId}:${caller.actor.kind}:${caller.actor.id}`;
  }
  return `rl:v1:address:${caller.address === null ? "unknown" : networkOf(caller.address)}`;
}

function keyOf(subject: string, name: PolicyName): string {
  return `${subject} ${name}`;
}

/** Counts requests: from what this isolate holds, or by asking the caller's own counter. Keeps no promise. */
export class Limiter {
  readonly #deps: LimiterDeps;
  readonly #book = new LeaseBook();

  constructor(deps: LimiterDeps) {
    this.#deps = deps;
  }

  /** Spends a permit without waiting for anything; null: it takes `spend`. */
  spendHeld(name: PolicyName, caller: Caller): Standing | null {
    return this.#held("spend", name, caller);
  }

  /** The refusal that this isolate remembers, if any; spends nothing and waits for nothing. */
  refusalHeld(name: PolicyName, caller: Caller): Standing | null {
    return this.#held("refusal", name, caller);
  }

  /**
   * Spends a permit. null: not counted, because the limiter does not answer and the policy lets that pass; for
   * the others it throws `LimiterUnavailable`. `background` finishes work that nobody waits for.
   */
  async spend(
    name: PolicyName,
    caller: Caller,
    background: (work: Promise<unknown>) => void,
  ): Promise<Standing | null> {
    const { settings, counters, now, log, readTimeoutMs } = this.#deps;
    const overrides = await settings.read(background);
    const sentAt = now();
    const window = effectiveLimit(name, caller, { overrides, now: sentAt });
    const subject = subjectOf(caller);
    const key = keyOf(subject, name);
    const held = this.#book.spend(key, window, sentAt);
    if (held !== null) return held;
    const question = this.#book.ask(key, window, sentAt);
    const mayPass = POLICIES[name].whenUnreachable === "open";
    try {
      const reply = await counters.take(subject, question.request, mayPass ? readTimeoutMs : PATIENT_MS);
      return this.#book.note(key, question, { reply, sentAt, now: now() });
    } catch (error) {
      this.#book.lost(key, now());
      if (!(error instanceof LimiterUnavailable)) throw error;
      log.event("limiter_unreachable", {
        policy: name,
        action: mayPass ? "passed" : "refused",
        error: error.message,
      });
      if (!mayPass) throw error;
      return null;
    }
  }

  /** Where a principal stands with each of its policies; charges nothing. Throws `LimiterUnavailable`. */
  async list(
    principal: Principal,
    background: (work: Promise<unknown>) => void,
  ): Promise<(Reading & { name: PolicyName; window: LimitWindow })[]> {
    const { settings, counters, now } = this.#deps;
    const at = { overrides: await settings.read(background), now: now() };
    const windows = PRINCIPAL_POLICIES.map((name) => ({ name, window: effectiveLimit(name, principal, at) }));
    const subject = subjectOf(principal);
    const readings = await counters.read(
      subject,
      windows.map(({ window }) => window),
      PATIENT_MS,
    );
    return windows.flatMap((one, index) => {
      const reading = readings[index];
      if (reading === undefined) return [];
      const held = this.#book.heldFor(keyOf(subject, one.name), now());
      return [{ ...one, ...reading, remaining: reading.remaining + held }];
    });
  }

  #held(ask: "spend" | "refusal", name: PolicyName, caller: Caller): Standing | null {
    const { settings, now } = this.#deps;
    const overrides = settings.fresh();
    if (overrides === null) return null;
    const at = now();
    const window = effectiveLimit(name, caller, { overrides, now: at });
    return this.#book[ask](keyOf(subjectOf(caller), name), window, at);
  }
}
