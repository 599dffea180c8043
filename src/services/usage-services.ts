import type { Base } from "./base.ts";

export interface UsageServices {
  readonly ready: true;
}

export function buildUsageServices(_base: Base, _env: Env): UsageServices {
  return { ready: true };
}
