import { LimiterUnavailable } from "../domain/limits/errors.ts";
import type { LimitCounters, PermitReply, PermitRequest } from "../domain/limits/ports.ts";
import type { LimitWindow, Reading } from "../domain/limits/sliding-window.ts";
import { errorKind } from "../lib/error-kind.ts";
import { objectSpan } from "./object-span.ts";
import type { RateLimiter } from "./rate-limiter.ts";

/** An answer that comes too late is dropped: what it charged stays charged. */
async function inTime<Value>(call: Promise<Value>, timeoutMs: number): Promise<Value> {
  const clock = new AbortController();
  const late = scheduler.wait(timeoutMs, { signal: clock.signal }).then(() => {
    throw new LimiterUnavailable("timeout");
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw error instanceof LimiterUnavailable ? error : new LimiterUnavailable(errorKind(error));
  } finally {
    clock.abort();
  }
}

export class RateLimiterClient implements LimitCounters {
  readonly #namespace: DurableObjectNamespace<RateLimiter>;

  constructor(namespace: DurableObjectNamespace<RateLimiter>) {
    this.#namespace = namespace;
  }

  async take(subject: string, request: PermitRequest, timeoutMs: number): Promise<PermitReply> {
    const limiter = this.#namespace.getByName(subject);
    return objectSpan("RateLimiter.take", async () => inTime(limiter.take(request), timeoutMs));
  }

  async read(subject: string, windows: LimitWindow[], timeoutMs: number): Promise<Reading[]> {
    const limiter = this.#namespace.getByName(subject);
    return objectSpan("RateLimiter.read", async () => inTime(limiter.read(windows), timeoutMs));
  }
}
