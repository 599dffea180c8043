import { vi } from "vitest";

/** Time of a schedule: the real one, and ahead of it by all that was waited for. `Date.now` tells it everywhere. */
export class VirtualClock {
  readonly #real = Date.now.bind(Date);
  readonly #wait = scheduler.wait.bind(scheduler);
  readonly startedAt = this.#real();
  #ahead = 0;

  /** Until the mocks are restored. */
  install(): void {
    vi.spyOn(Date, "now").mockImplementation(() => this.now());
    vi.spyOn(scheduler, "wait").mockImplementation(async (ms, options) => {
      // Deadlines against a lost answer are given up by signal: those stay real.
      if (options?.signal !== undefined) return this.#wait(ms, options);
      const until = this.now() + ms;
      await this.#wait(1);
      this.reach(until);
    });
  }

  /** Whole milliseconds, as everywhere. */
  now(): number {
    return Math.floor(this.#real() + this.#ahead);
  }

  /** Never goes back. */
  reach(at: number): void {
    this.#ahead += Math.max(0, at - this.now());
  }

  pass(ms: number): void {
    this.reach(this.now() + ms);
  }

  /** Really: for work that goes on elsewhere. */
  async pause(ms: number): Promise<void> {
    await this.#wait(ms);
  }

  /** Since the schedule began, for people. */
  stamp(): string {
    return `+${((this.now() - this.startedAt) / 1_000).toFixed(1)}s`;
  }
}
