import { AuditChainClient } from "../durable/audit-chain-client.ts";
import type { AuditTrail, ChainPoke } from "../domain/audit/ports.ts";
import { AuditOutbox } from "../storage/postgres/audit-outbox.ts";
import { AuditRepository } from "../storage/postgres/audit-repository.ts";
import { AuditArchive } from "../storage/r2/audit-archive.ts";
import type { Base } from "./base.ts";

export interface AuditServices {
  trail: AuditTrail;
  poke: ChainPoke;
  chains: AuditChainClient;
  entries: AuditRepository;
  archive: AuditArchive;
}

export function buildAuditServices({ database, log }: Base, env: Env): AuditServices {
  const chains = new AuditChainClient(env.AUDIT_CHAIN, log);
  return {
    trail: new AuditOutbox(database),
    poke: async (organisationId) => {
      await chains.drain(organisationId);
    },
    chains,
    entries: new AuditRepository(database),
    archive: new AuditArchive(env.AUDIT_ARCHIVE),
  };
}
