import { LedgerRepository } from "../storage/postgres/ledger-repository.ts";
import { UsageRepository } from "../storage/postgres/usage-repository.ts";
import type { Base } from "./base.ts";

export interface UsageServices {
  ledger: LedgerRepository;
  reports: UsageRepository;
}

export function buildUsageServices({ database, config, now }: Base): UsageServices {
  return {
    ledger: new LedgerRepository(database, config.creditPrices, now),
    reports: new UsageRepository(database),
  };
}
