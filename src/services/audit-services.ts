import type { Base } from "./base.ts";

export interface AuditServices {
  readonly ready: true;
}

export function buildAuditServices(_base: Base, _env: Env): AuditServices {
  return { ready: true };
}
