import { DurableObject } from "cloudflare:workers";
import { AuditChainLog, type ChainOutcome } from "../domain/audit/audit-chain-log.ts";
import type { Witness } from "../domain/audit/ports.ts";
import { describeError } from "../observability/describe-error.ts";
import { buildChainServices } from "../services/chain-services.ts";
import type { Caller, Work } from "../observability/work.ts";
import { ChainStorage, RETRY_MS } from "./chain-storage.ts";
import { ObjectWork } from "./object-work.ts";

const NAME_PREFIX = "audit:v1:";
const ORGANISATION = "organisation";
/** The cron anchors every hour; an object that it forgot does so itself. */
const ANCHOR_AFTER_MS = 2 * 3_600_000;
const ANCHOR_RETRY_MS = 600_000;

/** An expected failure is returned: a thrown one would lose its type on the way. */
export type WitnessReply = { ok: true; value: Witness } | { ok: false; error: string };

/** A failure that is returned fails the work all the same. */
function noted(work: Work, outcome: ChainOutcome): ChainOutcome {
  if (!outcome.ok) work.add({ ok: false, error: outcome.error });
  return outcome;
}

/** One object per organisation, `audit:v1:<organisation>`: the only one who numbers its acts. */
export class AuditChain extends DurableObject<Env> {
  readonly #storage: ChainStorage;
  readonly #log: AuditChainLog;
  readonly #work: ObjectWork;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#storage = new ChainStorage(ctx.storage);
    const { chain, telemetry } = buildChainServices(env);
    this.#log = new AuditChainLog(this.#organisationId(), { ...chain, memory: this.#storage });
    this.#work = new ObjectWork(telemetry, ctx);
  }

  async drain(caller?: Caller | null): Promise<ChainOutcome> {
    return this.#work.run("AuditChain.drain", caller, async (work) => {
      const outcome = noted(work, await this.#log.drain());
      await this.#planWake(outcome);
      return outcome;
    });
  }

  async anchor(caller?: Caller | null): Promise<ChainOutcome> {
    return this.#work.run("AuditChain.anchor", caller, async (work) => {
      const outcome = noted(work, await this.#log.anchor());
      const alarm = await this.ctx.storage.getAlarm();
      // So near, it is that of a drain that failed: it stays.
      if (alarm === null || alarm > Date.now() + RETRY_MS) await this.#planWake({ ok: true, more: false });
      return outcome;
    });
  }

  async witness(range: { from: number; to: number }, caller?: Caller | null): Promise<WitnessReply> {
    try {
      const value = await this.#work.run("AuditChain.witness", caller, async () => this.#log.witness(range));
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error: describeError(error) };
    }
  }

  override async alarm(): Promise<void> {
    await this.#work.run("AuditChain.alarm", null, async (work) => {
      const outcome = noted(work, await this.#log.drain());
      if (outcome.ok && this.#anchorDueAt() <= Date.now()) noted(work, await this.#log.anchor());
      await this.#planWake(outcome);
    });
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
