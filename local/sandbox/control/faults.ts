import { z } from "zod";
import { SOURCE_NAMES } from "../../../src/domain/enrichment/source.ts";
import { Random } from "../world/random.ts";

const siren = z.string().regex(/^\d{9}$/, "must be 9 digits");

/** Everything that can be made to fail. */
const Provider = z.enum([...SOURCE_NAMES, "airtable"]);
type Provider = z.infer<typeof Provider>;

export const FaultRequest = z
  .strictObject({
    provider: Provider.optional(),
    siren: siren.optional(),
    status: z.int().min(400).max(599).optional(),
    latency_ms: z.number().min(0).max(600_000).optional(),
    error_rate: z.number().min(0).max(1).optional(),
    clear: z.literal(true).optional(),
  })
  .check((context) => {
    const { clear, status, latency_ms, error_rate, provider, siren } = context.value;
    const acts = status !== undefined || latency_ms !== undefined;
    const refuse = (field: string, message: string) =>
      context.issues.push({ code: "custom", input: context.value, path: [field], message });
    if (clear && (acts || error_rate !== undefined)) refuse("clear", "goes only with provider and siren");
    if (clear) return;
    if (error_rate !== undefined && status === undefined) refuse("error_rate", "needs a status to answer");
    else if (!acts && (provider ?? siren) !== undefined)
      refuse("status", "a fault needs status or latency_ms");
  });

export type FaultRequest = z.infer<typeof FaultRequest>;

/** What is to happen to one call: wait first, then answer the status instead of the provider. */
export interface Verdict {
  latencyMs: number;
  status: number | null;
}

interface Fault {
  asked: FaultRequest;
  draws: Random;
}

/** The faults in force. Of those that bear on one call, the latest wins, for latency and status apart. */
export class FaultBoard {
  #faults: Fault[] = [];

  apply(asked: FaultRequest): void {
    const { clear, ...content } = asked;
    if (clear) this.#clear(asked);
    else if (Object.keys(content).length === 0) this.#faults = [];
    // Seeded by its content: the same fault fails the same calls, run after run.
    else this.#faults.unshift({ asked: content, draws: new Random(JSON.stringify(content)) });
  }

  #clear({ provider, siren }: FaultRequest): void {
    this.#faults = this.#faults.filter(
      ({ asked }) =>
        (provider !== undefined && asked.provider !== provider) ||
        (siren !== undefined && asked.siren !== siren),
    );
  }

  judge(provider: Provider, sirens: readonly string[]): Verdict {
    const verdict: Verdict = { latencyMs: 0, status: null };
    if (this.#faults.length === 0) return verdict;
    let timed = false;
    for (const { asked, draws } of this.#faults) {
      if (asked.provider !== undefined && asked.provider !== provider) continue;
      if (asked.siren !== undefined && !sirens.includes(asked.siren)) continue;
      if (asked.latency_ms !== undefined && !timed) {
        verdict.latencyMs = asked.latency_ms;
        timed = true;
      }
      if (asked.status === undefined || verdict.status !== null) continue;
      if (draws.chance(asked.error_rate ?? 1)) verdict.status = asked.status;
    }
    return verdict;
  }

  list(): FaultRequest[] {
    return this.#faults.map(({ asked }) => asked);
  }

  reset(): void {
    this.#faults = [];
  }
}
