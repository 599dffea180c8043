import type { ChainOutcome } from "../domain/audit/audit-chain-log.ts";
import type { AuditChains, AuditEvents, Witness } from "../domain/audit/ports.ts";
import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { errorKind } from "../lib/error-kind.ts";
import { currentCaller } from "../observability/current-caller.ts";
import type { Caller } from "../observability/work.ts";
import type { AuditChain } from "./audit-chain.ts";
import { objectSpan } from "./object-span.ts";

const UNREACHABLE = { drain: "audit_drain_unreachable", anchor: "audit_anchor_unreachable" } as const;

/** Reaches the chain of each organisation. */
export class AuditChainClient implements AuditChains {
  readonly #namespace: DurableObjectNamespace<AuditChain>;
  readonly #log: AuditEvents;

  constructor(namespace: DurableObjectNamespace<AuditChain>, log: AuditEvents) {
    this.#namespace = namespace;
    this.#log = log;
  }

  /** Never throws: what was not taken now is taken by the next act, by the object's alarm or by the cron. */
  async drain(organisationId: string): Promise<ChainOutcome> {
    return this.#ask("drain", organisationId, async (chain, caller) => chain.drain(caller));
  }

  /** Never throws. */
  async anchor(organisationId: string): Promise<ChainOutcome> {
    return this.#ask("anchor", organisationId, async (chain, caller) => chain.anchor(caller));
  }

  async witness(organisationId: string, range: { from: number; to: number }): Promise<Witness> {
    try {
      const chain = this.#chain(organisationId);
      const reply = await objectSpan("AuditChain.witness", async () => chain.witness(range, currentCaller()));
      if (reply.ok) return reply.value;
      throw new StorageUnavailable(`audit chain: ${reply.error}`);
    } catch (error) {
      throw error instanceof StorageUnavailable ? error : new StorageUnavailable(error);
    }
  }

  #chain(organisationId: string): DurableObjectStub<AuditChain> {
    return this.#namespace.getByName(`audit:v1:${organisationId}`);
  }

  async #ask(
    method: "drain" | "anchor",
    organisationId: string,
    call: (chain: DurableObjectStub<AuditChain>, caller: Caller | null) => Promise<ChainOutcome>,
  ): Promise<ChainOutcome> {
    try {
      const chain = this.#chain(organisationId);
      return await objectSpan(`AuditChain.${method}`, async () => call(chain, currentCaller()));
    } catch (error) {
      const kind = errorKind(error);
      this.#log.event(UNREACHABLE[method], { organisation_id: organisationId, error: kind });
      return { ok: false, error: kind };
    }
  }
}
