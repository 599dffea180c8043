import type { AuditTrail, ChainPoke } from "../domain/audit/ports.ts";
import { AuditOutbox } from "../storage/postgres/audit-outbox.ts";
import type { Base } from "./base.ts";

export interface AuditServices {
  trail: AuditTrail;
  poke: ChainPoke;
}

export function buildAuditServices({ database }: Base, _env: Env): AuditServices {
  return { trail: new AuditOutbox(database), poke: async () => undefined };
}
