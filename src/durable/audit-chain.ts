import { DurableObject } from "cloudflare:workers";
import { AuditChainLog, type ChainOutcome } from "../domain/audit/audit-chain-log.ts";
import type { Witness } from "../domain/audit/ports.ts";
import { errorKind } from "../lib/error-kind.ts";
import { buildChainServices } from "../services/chain-services.ts";
import { ChainStorage, RETRY_MS } from "./chain-storage.ts";

const NAME_PREFIX = "audit:v1:";
const ORGANISATION = "organisation";
/** The cron anchors every hour; an object that it forgot does so itself. */
const ANCHOR_AFTER_MS = 2 * 3_600_000;
const ANCHOR_RETRY_MS = 600_000;

/** An expected failure is returned: a thrown one would lose its type on the way. */
export type WitnessReply = { ok: true; value: Witness } | { ok: false; error: string };

/** One object per organisation, `audit:v1:<organisation>`: the only one who numbers its acts. */
export class AuditChain extends DurableObject<Env> {
  readonly #storage: ChainStorage;
  readonly #log: AuditChainLog;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#storage = new ChainStorage(ctx.storage);
    this.#log = new AuditChainLog(this.#organisationId(), {
      ...buildChainServices(env),
      memory: this.#storage,
    });
  }

  async drain(): Promise<ChainOutcome> {
    const outcome = await this.#log.drain();
    await this.#planWake(outcome);
    return outcome;
  }

  async anchor(): Promise<ChainOutcome> {
    const outcome = await this.#log.anchor();
    const alarm = await this.ctx.storage.getAlarm();
    // So near, it is that of a drain that failed: it stays.
    if (alarm === null || alarm > Date.now() + RETRY_MS) await this.#planWake({ ok: true, more: false });
    return outcome;
  }

  async witness(range: { from: number; to: number }): Promise<WitnessReply> {
    try {
      return { ok: true, value: await this.#log.witness(range) };
    } catch (error) {
      return { ok: false, error: errorKind(error) };
    }
  }

  override async alarm(): Promise<void> {
    const outcome = await this.#log.drain();
    if (outcome.ok && this.#anchorDueAt() <= Date.now()) await this.#log.anchor();
    await this.#planWake(outcome);
  }

  /** Alarms know the name in some runtimes only. */
  #organisationId(): string {
    const { id, storage } = this.ctx;
    const known = id.name?.slice(NAME_PREFIX.length) ?? storage.kv.get<string>(ORGANISATION);
    if (known === undefined) throw new Error("a chain needs the name of its organisation");
    if (storage.kv.get(ORGANISATION) === undefined) storage.kv.put(ORGANISATION, known);
    return known;
  }

  #anchorDueAt(): number {
    const since = this.#storage.state()?.unanchoredSince ?? null;
    return since === null ? Number.POSITIVE_INFINITY : since + ANCHOR_AFTER_MS;
  }

  async #planWake(outcome: ChainOutcome): Promise<void> {
    const now = Date.now();
    if (outcome.ok && outcome.more) return this.ctx.storage.setAlarm(now);
    // Another call may have a batch under way: its alarm stays.
    if (!outcome.ok || this.#storage.pending().length > 0) return this.ctx.storage.setAlarm(now + RETRY_MS);
    const due = this.#anchorDueAt();
    if (!Number.isFinite(due)) return this.ctx.storage.deleteAlarm();
    const wake = due > now ? due : now + ANCHOR_RETRY_MS;
    if ((await this.ctx.storage.getAlarm()) !== wake) await this.ctx.storage.setAlarm(wake);
    return undefined;
  }
}
