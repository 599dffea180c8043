import { DurableObject } from "cloudflare:workers";

/** What became of the request that first came with one `Idempotency-Key`. */
export class IdempotencyKeeper extends DurableObject<Env> {}
