import { CountedAttempts } from "../domain/limits/counted-attempts.ts";
import { Limiter } from "../domain/limits/limiter.ts";
import type { AttemptThrottle } from "../domain/limits/ports.ts";
import { RateLimiterClient } from "../durable/rate-limiter-client.ts";
import { KvLimitSettings } from "../storage/limit-settings.ts";
import type { Base } from "./base.ts";

export interface LimitServices {
  limiter: Limiter;
  throttle: AttemptThrottle;
}

export function buildLimitServices({ config, now, log }: Base, env: Env): LimitServices {
  const counters = new RateLimiterClient(env.RATE_LIMITER);
  const settings = new KvLimitSettings(env.SETTINGS, now, log);
  const { readTimeoutMs } = config.limiter;
  return {
    limiter: new Limiter({ counters, settings, now, log, readTimeoutMs }),
    throttle: new CountedAttempts(counters),
  };
}
