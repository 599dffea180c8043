import { errorKind } from "../../lib/error-kind.ts";
import { StorageUnavailable } from "../enrichment/errors.ts";
import { anchorText, isCoherent, sameClaim } from "./anchor.ts";
import { GENESIS_HASH, sealRecord } from "./audit-entry.ts";
import type {
  AnchorArchive,
  AuditEvents,
  ChainHead,
  ChainMemory,
  ChainState,
  ChainTables,
  HeadSigner,
  PendingEntry,
  Witness,
} from "./ports.ts";
import { resumeChain } from "./resume-chain.ts";
import { SerialQueue } from "./serial-queue.ts";

export interface AuditChainDeps {
  memory: ChainMemory;
  tables: ChainTables;
  archive: AnchorArchive;
  signer: HeadSigner;
  now: () => number;
  /** 16 random bytes, lower-case hex. */
  salt: () => string;
  log: AuditEvents;
  /** Takes what made a drain or an anchor fail, for who mends the code. */
  overcame: (error: unknown) => void;
}

export interface ChainLimits {
  /** Records in one transaction. */
  batch: number;
  /** Batches in one drain; the next one goes on. */
  batches: number;
  /** Hashes in one anchor. */
  anchor: number;
  /** Anchors written in one go. */
  anchors: number;
}

const LIMITS: ChainLimits = { batch: 200, batches: 25, anchor: 10_000, anchors: 20 };

/** `more`: it stopped before the end and wants to be called again. */
export type ChainOutcome = { ok: true; more: boolean } | { ok: false; error: string };

/**
 * The chain of one organisation. Numbers and hashes are decided here, written ahead to its own memory, and only
 * then to Postgres: whatever is cut short is repeated with the same numbers. Lives in a Durable Object.
 */
export class AuditChainLog {
  readonly #organisationId: string;
  readonly #deps: AuditChainDeps;
  readonly #limits: ChainLimits;
  readonly #queue = new SerialQueue();
  /** A drain that has not begun: it will see whatever is in the outbox by then. */
  #nextDrain: Promise<ChainOutcome> | null = null;

  constructor(organisationId: string, deps: AuditChainDeps, limits: ChainLimits = LIMITS) {
    this.#organisationId = organisationId;
    this.#deps = deps;
    this.#limits = limits;
  }

  /** Takes what waits in the outbox. Failures are logged and returned. */
  async drain(): Promise<ChainOutcome> {
    this.#nextDrain ??= this.#queue.run(async () => {
      this.#nextDrain = null;
      return this.#attempt("audit_drain_failed", async () => this.#takeOutbox());
    });
    return this.#nextDrain;
  }

  /** Signs and archives the hashes that no anchor holds yet. Failures are logged and returned. */
  async anchor(): Promise<ChainOutcome> {
    return this.#queue.run(async () =>
      this.#attempt("audit_anchor_failed", async () => this.#archiveHashes()),
    );
  }

  /** What the chain remembers, once what it is at is done: a drain takes 25 batches at most. Throws `StorageUnavailable`. */
  async witness({ from, to }: { from: number; to: number }): Promise<Witness> {
    return this.#queue.run(async () => {
      const { head, anchored, resumed } = await this.#open();
      const pendingTo = this.#deps.memory.pending().at(-1)?.entry.seq ?? head.seq;
      return { head, pendingTo, anchored, resumed, hashes: this.#deps.memory.hashes(from, to) };
    });
  }

  async #attempt(event: string, work: () => Promise<boolean>): Promise<ChainOutcome> {
    try {
      return { ok: true, more: await work() };
    } catch (error) {
      const kind = error instanceof StorageUnavailable ? error.message : errorKind(error);
      this.#deps.log.event(event, { organisation_id: this.#organisationId, error: kind });
      this.#deps.overcame(error);
      return { ok: false, error: kind };
    }
  }

  async #open(): Promise<ChainState> {
    const { memory, log } = this.#deps;
    const known = memory.state();
    if (known !== null) return known;
    const { state, links } = await resumeChain(this.#organisationId, this.#deps);
    memory.commit(state, links);
    if (state.resumed !== null)
      log.event("audit_chain_resumed", { organisation_id: this.#organisationId, seq: state.resumed.seq });
    return state;
  }

  /** Answers whether there is more. */
  async #takeOutbox(): Promise<boolean> {
    const { memory, tables } = this.#deps;
    await this.#open();
    const cutShort = memory.pending();
    if (cutShort.length > 0) await this.#append(cutShort);
    for (let batches = 0; batches < this.#limits.batches; batches++) {
      const batch = await this.#sealNext();
      if (batch.length === 0) return false;
      memory.stage(batch);
      await this.#append(batch);
      if (batch.length < this.#limits.batch) return false;
    }
    return (await tables.waiting(this.#organisationId, 1)).length > 0;
  }

  async #sealNext(): Promise<PendingEntry[]> {
    const { tables, salt } = this.#deps;
    const waiting = await tables.waiting(this.#organisationId, this.#limits.batch);
    let { head } = await this.#open();
    const batch: PendingEntry[] = [];
    for (const { position, record } of waiting) {
      const place = { organisationId: this.#organisationId, seq: head.seq + 1, previousHash: head.hash };
      const entry = await sealRecord(record, { ...place, salt: salt() });
      batch.push({ position, entry });
      head = entry;
    }
    return batch;
  }

  async #append(batch: readonly PendingEntry[]): Promise<void> {
    const { memory, tables, now } = this.#deps;
    await tables.append(this.#organisationId, batch);
    const state = await this.#open();
    const links = batch.map(({ entry: { seq, hash } }): ChainHead => ({ seq, hash }));
    const unanchoredSince = state.unanchoredSince ?? now();
    memory.commit({ ...state, head: links.at(-1) ?? state.head, unanchoredSince }, links);
  }

  /** Answers whether there is more. */
  async #archiveHashes(): Promise<boolean> {
    for (let anchors = 0; anchors < this.#limits.anchors; anchors++) {
      const { head, anchored } = await this.#open();
      if (head.seq === anchored.seq) return false;
      await this.#archiveNext();
    }
    const { head, anchored } = await this.#open();
    return head.seq > anchored.seq;
  }

  async #archiveNext(): Promise<void> {
    const { memory, archive, now } = this.#deps;
    const state = await this.#open();
    const { anchored, head } = state;
    const planned = state.planned ?? {
      to: Math.min(head.seq, anchored.seq + this.#limits.anchor),
      at: new Date(now()).toISOString(),
    };
    memory.save({ ...state, planned });
    const hashes = memory.hashes(anchored.seq + 1, planned.to).map(({ hash }) => hash);
    const last = hashes.at(-1) ?? GENESIS_HASH;
    const claim = {
      v: 1 as const,
      organisation_id: this.#organisationId,
      from: anchored.seq + 1,
      to: planned.to,
      previous_hash: anchored.hash,
      head: last,
      hashes,
      at: planned.at,
    };
    if (!isCoherent(claim)) throw new AnchorConflict();
    const { keyId, signature } = await this.#deps.signer.sign((key_id) => anchorText({ ...claim, key_id }));
    if (!(await archive.create({ ...claim, key_id: keyId, signature }))) {
      const existing = await archive.load(this.#organisationId, planned.to);
      if (existing === null || existing === "unreadable" || !sameClaim(existing, claim))
        throw new AnchorConflict();
    }
    const mark = { seq: planned.to, hash: last, at: planned.at };
    const unanchoredSince = planned.to === head.seq ? null : now();
    memory.release({ ...state, anchored: mark, planned: null, unanchoredSince });
  }
}

/** The archive holds something else in this place, or hashes are gone: nothing is overwritten, a person must look. */
class AnchorConflict extends Error {
  override readonly name = "AnchorConflict";
}
