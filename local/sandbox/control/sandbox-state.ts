import { AirtableBases } from "../airtable/airtable-bases.ts";
import { CreditPools } from "../kaspr/credit-pools.ts";
import { TokenAccounts } from "../pappers/token-accounts.ts";
import { World } from "../world/world.ts";
import { CallLedger } from "./call-counts.ts";
import { FaultBoard } from "./faults.ts";
import { RateLimits } from "./rate-limits.ts";

export interface SandboxOptions {
  now?: () => number;
  sleep?: (ms: number) => Promise<void>;
}

/** What one sandbox remembers between two calls. Nothing of it outlives a reset but the made-up world. */
export class SandboxState {
  readonly world = new World();
  readonly calls = new CallLedger();
  readonly faults = new FaultBoard();
  readonly pappersTokens = new TokenAccounts();
  readonly kasprCredits = new CreditPools();
  readonly airtable: AirtableBases;
  readonly limits: RateLimits;
  readonly sleep: (ms: number) => Promise<void>;

  constructor(options: SandboxOptions) {
    const now = options.now ?? Date.now;
    this.airtable = new AirtableBases(now);
    this.limits = new RateLimits(now);
    this.sleep = options.sleep ?? pause;
  }

  reset(): void {
    this.calls.reset();
    this.faults.reset();
    this.limits.enable(false);
    this.pappersTokens.reset();
    this.kasprCredits.reset();
    this.airtable.reset();
  }
}

/** Does not keep the process alive: a stopped sandbox ends at once, whatever it was delaying. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
