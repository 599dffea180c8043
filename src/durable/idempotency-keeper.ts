import { DurableObject } from "cloudflare:workers";
import {
  type Claim,
  claimKey,
  completeKey,
  type Failure,
  type KeyRecord,
  releaseKey,
  renewLease,
} from "../domain/idempotency/key-record.ts";
import { ObjectErrors } from "./object-errors.ts";

const RECORD = "record";

/** What became of the request that first came with one `Idempotency-Key`. */
export class IdempotencyKeeper extends DurableObject<Env> {
  readonly #errors = new ObjectErrors(this.ctx, this.env);

  async claim(leaseId: string): Promise<Claim> {
    return this.#errors.reported("IdempotencyKeeper.claim", async () => {
      const now = Date.now();
      const seed = { at: now, noise: crypto.randomUUID() };
      const known = this.#read();
      const { record, claim } = claimKey(known, { leaseId, seed, now });
      if (claim.state === "new") await this.#write(record);
      return claim;
    });
  }

  async renew(leaseId: string): Promise<void> {
    return this.#errors.reported("IdempotencyKeeper.renew", async () => {
      const renewed = renewLease(this.#read(), leaseId, Date.now());
      if (renewed !== null) await this.#write(renewed);
    });
  }

  async complete(leaseId: string, answer: string): Promise<boolean> {
    return this.#errors.reported("IdempotencyKeeper.complete", async () => {
      const completed = completeKey(this.#read(), { leaseId, answer, now: Date.now() });
      if (completed !== null) await this.#write(completed);
      return completed !== null;
    });
  }

  async release(leaseId: string, failure: Failure): Promise<void> {
    return this.#errors.reported("IdempotencyKeeper.release", async () => {
      const known = this.#read();
      const left = releaseKey(known, leaseId, failure);
      if (left === known) return;
      if (left === null) await this.ctx.storage.deleteAll();
      else await this.#write(left);
    });
  }

  override async alarm(): Promise<void> {
    return this.#errors.reported("IdempotencyKeeper.alarm", async () => {
      const record = this.#read();
      if (record !== null && record.expiresAt > Date.now()) {
        await this.ctx.storage.setAlarm(record.expiresAt);
        return;
      }
      await this.ctx.storage.deleteAll();
    });
  }

  #read(): KeyRecord | null {
    return this.ctx.storage.kv.get<KeyRecord>(RECORD) ?? null;
  }

  async #write(record: KeyRecord): Promise<void> {
    this.ctx.storage.kv.put(RECORD, record);
    await this.ctx.storage.setAlarm(record.expiresAt);
  }
}
