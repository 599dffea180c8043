import type { CallReport, GatePlace, GateState, Permit } from "../domain/enrichment/gate.ts";
import type { SourceGates } from "../domain/enrichment/ports.ts";
import type { SourceName } from "../domain/enrichment/source.ts";
import type { AirtableGate } from "../domain/exports/airtable-target.ts";
import { objectSpan } from "./object-span.ts";
import type { SourceGate } from "./source-gate.ts";

const UNREACHABLE_RETRY_MS = 1_000;

/** Reaches the gate of each source and Airtable base. An unreachable gate lets nothing through: sources are not ours to flood. */
export class SourceGatesClient implements SourceGates {
  readonly #namespace: DurableObjectNamespace<SourceGate>;

  constructor(namespace: DurableObjectNamespace<SourceGate>) {
    this.#namespace = namespace;
  }

  async acquire(source: SourceName | AirtableGate, place: GatePlace): Promise<Permit> {
    try {
      const gate = this.#namespace.getByName(source);
      return await objectSpan("SourceGate.acquire", async () => gate.acquire(place));
    } catch {
      return { kind: "busy", reason: "busy", retryAfterMs: UNREACHABLE_RETRY_MS };
    }
  }

  /** A report that gets lost costs the breaker one count; it must not cost the caller the answer. */
  async report(source: SourceName | AirtableGate, call: CallReport): Promise<void> {
    const gate = this.#namespace.getByName(source);
    await objectSpan("SourceGate.report", async () => gate.report(call)).catch(() => null);
  }

  /** What the gate of a source remembers; throws when it can't be reached. */
  async inspect(source: SourceName): Promise<GateState> {
    return this.#namespace.getByName(source).inspect();
  }
}
