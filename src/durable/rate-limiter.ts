import { DurableObject } from "cloudflare:workers";
import type { PermitReply, PermitRequest } from "../domain/limits/ports.ts";
import {
  lastsUntil,
  type LimitWindow,
  newWindowState,
  type Reading,
  readWindow,
  takeBack,
  takePermits,
  type WindowState,
} from "../domain/limits/sliding-window.ts";
import { ObjectErrors } from "./object-errors.ts";

const PREFIX = "window:";

/**
 * Counts for one principal, address or attempted account, one window per policy. A charge is stored before its
 * permits leave: the reply waits for the write, so neither an eviction nor a crash gives a spent permit back.
 */
export class RateLimiter extends DurableObject<Env> {
  readonly #errors = new ObjectErrors(this.ctx, this.env);
  readonly #windows = new Map<string, WindowState>();
  /** An alarm is set for certain. */
  #armed = false;

  async take({ window, want, refunds }: PermitRequest): Promise<PermitReply> {
    return this.#errors.reported("RateLimiter.take", async () => {
      const now = Date.now();
      const leaseId = crypto.randomUUID();
      const state = this.#window(window.policy);
      const early = takeBack(state, refunds, now);
      const grant = takePermits(state, window, { now, want, leaseId });
      if (grant.granted > 0 || refunds.length > 0) this.ctx.storage.kv.put(PREFIX + window.policy, state);
      if (grant.granted > 0 && !this.#armed) await this.#arm(lastsUntil(state));
      return { ...grant, leaseId, early };
    });
  }

  read(windows: LimitWindow[]): Reading[] {
    return this.#errors.reportedNow("RateLimiter.read", () => {
      const now = Date.now();
      return windows.map((window) => readWindow(this.#window(window.policy), window, now));
    });
  }

  /** Storage is paid for: what counts for nothing any more goes. */
  override async alarm(): Promise<void> {
    return this.#errors.reported("RateLimiter.alarm", async () => {
      const stored = [...this.ctx.storage.kv.list<WindowState>({ prefix: PREFIX })];
      const until = Math.max(0, ...stored.map(([, state]) => lastsUntil(state)));
      if (until > Date.now()) return this.ctx.storage.setAlarm(until);
      this.#windows.clear();
      this.#armed = false;
      await this.ctx.storage.deleteAll();
    });
  }

  async #arm(at: number): Promise<void> {
    const { storage } = this.ctx;
    if ((await storage.getAlarm()) === null) await storage.setAlarm(at);
    this.#armed = true;
  }

  #window(policy: string): WindowState {
    const known = this.#windows.get(policy);
    if (known !== undefined) return known;
    const state = this.ctx.storage.kv.get<WindowState>(PREFIX + policy) ?? newWindowState();
    this.#windows.set(policy, state);
    return state;
  }
}
