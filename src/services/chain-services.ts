import { KeyringSigner } from "../auth/head-signature.ts";
import type { AuditChainDeps } from "../domain/audit/audit-chain-log.ts";
import { hex } from "../lib/hex.ts";
import { randomBytes } from "../lib/random-bytes.ts";
import type { Telemetry } from "../observability/telemetry.ts";
import { overcame } from "../observability/work.ts";
import { AuditRepository } from "../storage/postgres/audit-repository.ts";
import { AuditArchive } from "../storage/r2/audit-archive.ts";
import { buildAccountServices } from "./account-services.ts";
import { buildBase } from "./base.ts";

const SALT_BYTES = 16;

/** What the object of one chain works with, but for its memory, which is its own. */
export interface ChainServices {
  chain: Omit<AuditChainDeps, "memory">;
  telemetry: Telemetry;
}

export function buildChainServices(env: Env): ChainServices {
  const base = buildBase(env);
  const chain = {
    tables: new AuditRepository(base.database),
    archive: new AuditArchive(env.AUDIT_ARCHIVE),
    signer: new KeyringSigner(buildAccountServices(base).keyring),
    now: base.now,
    salt: () => hex(randomBytes(SALT_BYTES)),
    log: base.log,
    overcame,
  };
  return { chain, telemetry: base.telemetry };
}
