import type { Base } from "./base.ts";

export interface LimitServices {
  readonly ready: true;
}

export function buildLimitServices(_base: Base, _env: Env): LimitServices {
  return { ready: true };
}
