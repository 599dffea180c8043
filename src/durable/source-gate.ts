import { DurableObject } from "cloudflare:workers";
import { parseConfig } from "../config/config.ts";
import {
  acquire,
  type CallReport,
  type GatePlace,
  type GateState,
  newGateState,
  type Permit,
  type RateLimit,
  report,
} from "../domain/enrichment/gate.ts";
import { SourceName } from "../domain/enrichment/source.ts";
import { AIRTABLE_LIMITS, isAirtableGate } from "../domain/exports/airtable-target.ts";
import { ObjectErrors } from "./object-errors.ts";

const STATE = "state";
/** Shorter windows are over before an idle object is evicted: only longer ones need to be remembered. */
const REMEMBERED_WINDOW_MS = 60_000;

function limitsOf(name: string, env: Env): RateLimit[] {
  return isAirtableGate(name) ? AIRTABLE_LIMITS : parseConfig(env).sources.limits[SourceName.parse(name)];
}

/** The gate of one source or Airtable base, named after it: every isolate asks here before it calls. */
export class SourceGate extends DurableObject<Env> {
  readonly #errors: ObjectErrors;
  readonly #limits: RateLimit[];
  #state: GateState;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#errors = new ObjectErrors(ctx, env);
    this.#limits = limitsOf(ctx.id.name ?? "", env);
    this.#state = ctx.storage.kv.get<GateState>(STATE) ?? newGateState();
  }

  acquire(place: GatePlace): Permit {
    return this.#errors.reportedNow("SourceGate.acquire", () => {
      const permit = acquire(this.#state, this.#limits, { now: Date.now(), ...place });
      const long = this.#limits.some(({ window_ms }) => window_ms >= REMEMBERED_WINDOW_MS);
      if (permit.kind === "go" && long) this.ctx.storage.kv.put(STATE, this.#state);
      return permit;
    });
  }

  report(call: CallReport): void {
    return this.#errors.reportedNow("SourceGate.report", () => {
      report(this.#state, call, Date.now());
      this.ctx.storage.kv.put(STATE, this.#state);
    });
  }

  /** For operators and health checks. */
  inspect(): GateState {
    return this.#state;
  }
}
