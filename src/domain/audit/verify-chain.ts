import { GENESIS_HASH } from "./audit-entry.ts";
import { ChainWitness, type WitnessDeps } from "./chain-witness.ts";
import { type ChainFault, checkEntries } from "./check-entries.ts";
import type { AnchorMark, AuditLog, ChainHead, ChainState } from "./ports.ts";

const PAGE = 1_000;
const NOTHING = { from: 0, to: 0 };

/** What one request may cost; the next one goes on where it stopped. */
export interface VerifyBudget {
  entries: number;
  anchors: number;
}

const BUDGET: VerifyBudget = { entries: 50_000, anchors: 1_000 };

export interface ChainVerdict {
  fault: ChainFault | null;
  /** Entries found good. */
  entries: number;
  checkedFrom: number | null;
  checkedTo: number | null;
  /** Where to go on; null when done. */
  nextFrom: number | null;
  head: ChainHead;
  anchored: AnchorMark;
  resumed: ChainState["resumed"];
  erased: number;
}

export interface VerifyDeps extends WitnessDeps {
  log: AuditLog;
}

interface VerifyRequest {
  organisationId: string;
  from: number;
  /** null: to the end. */
  to: number | null;
}

function firstOf(a: ChainFault | null, b: ChainFault | null): ChainFault | null {
  if (a === null || b === null) return a ?? b;
  return b.seq < a.seq ? b : a;
}

/** One run of numbers, read and compared page by page. */
class ChainRun {
  readonly #deps: VerifyDeps;
  readonly #organisationId: string;
  readonly #witness: ChainWitness;
  #previousHash: string = GENESIS_HASH;
  fault: ChainFault | null = null;
  entries = 0;
  erased = 0;

  constructor(organisationId: string, deps: VerifyDeps) {
    this.#organisationId = organisationId;
    this.#deps = deps;
    this.#witness = new ChainWitness(organisationId, deps);
  }

  /** Answers the last number it looked at. */
  async check(from: number, to: number, budget: VerifyBudget): Promise<number> {
    if (from > 1) await this.#follow(from - 1);
    let next = from;
    while (this.fault === null && next <= to && this.#witness.anchorsRead < budget.anchors) {
      const end = Math.min(to, next + PAGE - 1);
      await this.#checkPage(next, end);
      next = end + 1;
    }
    return this.fault?.seq ?? next - 1;
  }

  /** What the entry before the run is known to be by its witness. */
  async #follow(seq: number): Promise<void> {
    const { hashes, fault } = await this.#witness.testify({ from: seq, to: seq });
    this.#previousHash = hashes[0] ?? GENESIS_HASH;
    if (fault !== null) this.fault = fault;
  }

  async #checkPage(from: number, to: number): Promise<void> {
    const organisationId = this.#organisationId;
    const limit = to - from + 2;
    const [testimony, entries] = await Promise.all([
      this.#witness.testify({ from, to }),
      this.#deps.log.range(organisationId, { from, to, limit }),
    ]);
    const previousHash = this.#previousHash;
    const { hashes: witnessed } = testimony;
    const checked = await checkEntries({ organisationId, from, to, previousHash, witnessed, entries });
    this.fault = firstOf(checked.fault, testimony.fault);
    this.entries +=
      this.fault === null ? checked.good : Math.max(0, Math.min(checked.good, this.fault.seq - from));
    this.erased += checked.erased;
    this.#previousHash = entries.at(-1)?.hash ?? previousHash;
  }
}

/** Chains that grow while they are verified are asked again; more often than this is not worth a request. */
const GROWTH_ROUNDS = 5;

/** An entry beyond the last number that the chain gave. */
async function entryBeyond(
  deps: VerifyDeps,
  organisationId: string,
  head: number,
): Promise<ChainFault | null> {
  let end = head;
  for (let round = 0; round < GROWTH_ROUNDS; round++) {
    const next = await deps.log.next(organisationId, end);
    if (next === null) return null;
    // Asked after the log was read: a batch that was being written by then is within it.
    const { head: now, pendingTo } = await deps.chains.witness(organisationId, NOTHING);
    end = Math.max(now.seq, pendingTo);
    if (next > end) return { seq: next, reason: "entry_unknown" };
  }
  return null;
}

async function entryBefore(deps: VerifyDeps, organisationId: string): Promise<ChainFault | null> {
  const first = await deps.log.next(organisationId, null);
  return first !== null && first < 1 ? { seq: first, reason: "entry_unknown" } : null;
}

/** Compares the log of an organisation with its chain, and names the first entry that is not what it was. */
export async function verifyChain(
  deps: VerifyDeps,
  { organisationId, from, to }: VerifyRequest,
  budget: VerifyBudget = BUDGET,
): Promise<ChainVerdict> {
  const { head, anchored, resumed } = await deps.chains.witness(organisationId, NOTHING);
  const last = Math.min(to ?? head.seq, head.seq);
  const end = Math.min(last, from + budget.entries - 1);
  const run = new ChainRun(organisationId, deps);
  const reached = from <= end ? await run.check(from, end, budget) : from - 1;
  const before = from === 1 ? await entryBefore(deps, organisationId) : null;
  const atEnd = run.fault === null && reached >= head.seq;
  const beyond = atEnd ? await entryBeyond(deps, organisationId, head.seq) : null;
  const fault = before ?? run.fault ?? beyond;
  return {
    fault,
    entries: run.entries,
    checkedFrom: reached >= from ? from : null,
    checkedTo: reached >= from ? reached : null,
    nextFrom: fault === null && reached < last && from <= last ? reached + 1 : null,
    head,
    anchored,
    resumed,
    erased: run.erased,
  };
}
