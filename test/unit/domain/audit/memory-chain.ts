import { AuditChainLog, type ChainLimits } from "../../../../src/domain/audit/audit-chain-log.ts";
import type { Anchor } from "../../../../src/domain/audit/anchor.ts";
import type { AuditEntry } from "../../../../src/domain/audit/audit-entry.ts";
import type { AuditRecord } from "../../../../src/domain/audit/audit-record.ts";
import { KeyringSigner } from "../../../../src/auth/head-signature.ts";
import type { DataKey, Keyring } from "../../../../src/domain/accounts/keyring.ts";
import type {
  AnchorArchive,
  AuditChains,
  AuditLog,
  ChainHead,
  ChainMemory,
  ChainState,
  ChainTables,
  PendingEntry,
  StoredLink,
  WaitingRecord,
  Witness,
} from "../../../../src/domain/audit/ports.ts";

export const ORGANISATION = "org_1";
export const NOW = Date.parse("2026-11-20T09:00:00.000Z");

export function buildRecord(id: string, overrides: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id,
    at: new Date(NOW).toISOString(),
    organisationId: ORGANISATION,
    actor: { kind: "user", id: "usr_1" },
    action: "key.created",
    resource: { kind: "key", id: "key_1" },
    outcome: "success",
    requestId: "req_1",
    address: "192.0.2.7",
    userAgent: "curl/8",
    details: { scopes: 2 },
    ...overrides,
  };
}

function buildKey(generation: number): DataKey {
  const bytes = new Uint8Array(32).fill(generation);
  return {
    id: `dk_${generation}`,
    purpose: "audit",
    generation,
    bytes,
    createdAt: new Date(NOW).toISOString(),
    replacedAt: null,
  };
}

/** As many generations as `rotate` made. */
export class MemoryKeyring implements Keyring {
  #keys = [buildKey(1)];

  rotate(): void {
    this.#keys = [buildKey(this.#keys.length + 1), ...this.#keys];
  }

  async current(): Promise<DataKey> {
    return this.#keys[0] ?? buildKey(1);
  }

  async find(_purpose: string, id: string): Promise<DataKey | null> {
    return this.#keys.find((key) => key.id === id) ?? null;
  }

  async all(): Promise<DataKey[]> {
    return this.#keys;
  }
}

/** Survives what an object survives. */
class Memory implements ChainMemory {
  #state: ChainState | null = null;
  #pending: PendingEntry[] = [];
  #hashes = new Map<number, string>();

  state(): ChainState | null {
    return structuredClone(this.#state);
  }

  save(state: ChainState): void {
    this.#state = structuredClone(state);
  }

  pending(): PendingEntry[] {
    return structuredClone(this.#pending);
  }

  stage(batch: readonly PendingEntry[]): void {
    this.#pending = structuredClone([...batch]);
  }

  commit(state: ChainState, links: readonly ChainHead[]): void {
    this.#pending = [];
    for (const { seq, hash } of links) this.#hashes.set(seq, hash);
    this.save(state);
  }

  hashes(from: number, to: number): ChainHead[] {
    const found = [...this.#hashes].map(([seq, hash]) => ({ seq, hash }));
    return found.filter(({ seq }) => seq >= from && seq <= to).sort((a, b) => a.seq - b.seq);
  }

  release(state: ChainState): void {
    for (const seq of this.#hashes.keys()) if (seq <= state.anchored.seq) this.#hashes.delete(seq);
    this.save(state);
  }
}

/** Which step fails next: before it takes effect, or after it did and nobody heard. */
export type Trouble = "waiting" | "append_before" | "append_after" | "archive_before" | "archive_after";

/** Postgres, the bucket, the keyring and the object of one organisation, in memory; `fail` breaks the next steps. */
export class ChainWorld implements ChainTables, AnchorArchive, AuditLog, AuditChains {
  readonly outbox: WaitingRecord[] = [];
  log: AuditEntry[] = [];
  readonly anchors = new Map<number, Anchor | "unreadable">();
  readonly keyring = new MemoryKeyring();
  readonly signer = new KeyringSigner(this.keyring);
  readonly events: string[] = [];
  readonly overcome: unknown[] = [];
  readonly troubles: Trouble[] = [];
  appends = 0;
  chain: AuditChainLog;
  #memory = new Memory();
  #positions = 0;
  #salts = 0;
  readonly #limits: ChainLimits;

  constructor(limits: Partial<ChainLimits> = {}) {
    this.#limits = { batch: 5, batches: 100, anchor: 7, anchors: 100, ...limits };
    this.chain = this.#newChain();
  }

  act(id: string, overrides: Partial<AuditRecord> = {}): void {
    this.#positions += 1;
    this.outbox.push({ position: String(this.#positions), record: buildRecord(id, overrides) });
  }

  /** The object is built anew over what it wrote down; nothing else of it is left. */
  evict(): void {
    this.chain = this.#newChain();
  }

  loseMemory(): void {
    this.#memory = new Memory();
    this.evict();
  }

  async waiting(_organisationId: string, limit: number): Promise<WaitingRecord[]> {
    this.#meet("waiting");
    return structuredClone(this.outbox.slice(0, limit));
  }

  async append(_organisationId: string, batch: readonly PendingEntry[]): Promise<void> {
    this.#meet("append_before");
    this.appends += 1;
    for (const { position, entry } of batch) {
      const index = this.log.findIndex((one) => one.seq === entry.seq && one.at === entry.at);
      if (index === -1) this.log.push(structuredClone(entry));
      const waiting = this.outbox.findIndex((one) => one.position === position);
      if (waiting !== -1) this.outbox.splice(waiting, 1);
    }
    this.#meet("append_after");
  }

  async links(_organisationId: string, from: number, limit: number): Promise<StoredLink[]> {
    const found = this.#sorted().filter(({ seq }) => seq >= from);
    return found
      .slice(0, limit)
      .map(({ seq, hash, previous_hash: previousHash }) => ({ seq, hash, previousHash }));
  }

  async create(anchor: Anchor): Promise<boolean> {
    this.#meet("archive_before");
    if (this.anchors.has(anchor.to)) return false;
    this.anchors.set(anchor.to, structuredClone(anchor));
    this.#meet("archive_after");
    return true;
  }

  async load(_organisationId: string, to: number): Promise<Anchor | "unreadable" | null> {
    return structuredClone(this.anchors.get(to) ?? null);
  }

  async list(_organisationId: string, from: number, limit: number): Promise<number[]> {
    const ends = [...this.anchors.keys()].filter((to) => to >= from);
    return ends.sort((a, b) => a - b).slice(0, limit);
  }

  async range(
    _organisationId: string,
    { from, to, limit }: { from: number; to: number; limit: number },
  ): Promise<AuditEntry[]> {
    const found = this.#sorted().filter(({ seq }) => seq >= from && seq <= to);
    return structuredClone(found.slice(0, limit));
  }

  async next(_organisationId: string, after: number | null): Promise<number | null> {
    return this.#sorted().find(({ seq }) => after === null || seq > after)?.seq ?? null;
  }

  async witness(_organisationId: string, range: { from: number; to: number }): Promise<Witness> {
    return this.chain.witness(range);
  }

  #sorted(): AuditEntry[] {
    return this.log.toSorted((a, b) => a.seq - b.seq || (a.at < b.at ? -1 : 1));
  }

  #meet(step: Trouble): void {
    if (this.troubles[0] !== step) return;
    this.troubles.shift();
    throw new Error(step);
  }

  #newChain(): AuditChainLog {
    const deps = {
      memory: this.#memory,
      tables: this,
      archive: this,
      signer: this.signer,
      now: () => NOW,
      salt: () => {
        this.#salts += 1;
        return this.#salts.toString(16).padStart(32, "0");
      },
      log: { event: (name: string) => void this.events.push(name) },
      overcame: (error: unknown) => void this.overcome.push(error),
    };
    return new AuditChainLog(ORGANISATION, deps, this.#limits);
  }
}

/** A chain of `length` entries, anchored up to `anchored`. */
export async function grownChain(length: number, anchored: number): Promise<ChainWorld> {
  const world = new ChainWorld();
  for (let index = 1; index <= length; index++) {
    const overrides = index % 4 === 0 ? { address: null, userAgent: null, resource: null } : {};
    world.act(`aud_${index}`, { ...overrides, at: new Date(NOW + index * 1_000).toISOString() });
    if (index === anchored || index === length) await world.chain.drain();
    if (index === anchored) await world.chain.anchor();
  }
  return world;
}
