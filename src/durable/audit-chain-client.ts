import type { ChainOutcome } from "../domain/audit/audit-chain-log.ts";
import type { AuditChains, AuditEvents, Witness } from "../domain/audit/ports.ts";
import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import { errorKind } from "../lib/error-kind.ts";
import type { AuditChain } from "./audit-chain.ts";

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
    return this.#ask("audit_drain_unreachable", organisationId, async (chain) => chain.drain());
  }

  /** Never throws. */
  async anchor(organisationId: string): Promise<ChainOutcome> {
    return this.#ask("audit_anchor_unreachable", organisationId, async (chain) => chain.anchor());
  }

  async witness(organisationId: string, range: { from: number; to: number }): Promise<Witness> {
    try {
      const reply = await this.#chain(organisationId).witness(range);
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
    event: string,
    organisationId: string,
    work: (chain: DurableObjectStub<AuditChain>) => Promise<ChainOutcome>,
  ): Promise<ChainOutcome> {
    try {
      return await work(this.#chain(organisationId));
    } catch (error) {
      const kind = errorKind(error);
      this.#log.event(event, { organisation_id: organisationId, error: kind });
      return { ok: false, error: kind };
    }
  }
}
