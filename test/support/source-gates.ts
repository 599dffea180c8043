import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type GateState, newGateState } from "../../src/domain/enrichment/gate.ts";
import { SOURCE_NAMES, type SourceName } from "../../src/domain/enrichment/source.ts";

export async function inspectGate(source: SourceName): Promise<GateState> {
  return env.SOURCE_GATE.getByName(source).inspect();
}

async function store(source: SourceName, state: GateState): Promise<void> {
  await runInDurableObject(env.SOURCE_GATE.getByName(source), (_gate, { storage }) => {
    storage.kv.put("state", state);
  });
}

/** Rewrites what the gate of a source remembers, as if time had passed. */
export async function changeGate(source: SourceName, change: Partial<GateState>): Promise<void> {
  await store(source, { ...(await inspectGate(source)), ...change });
  await abortAllDurableObjects();
}

/** As if nothing had ever been asked. */
export async function resetGates(): Promise<void> {
  for (const source of SOURCE_NAMES) await store(source, newGateState());
  await abortAllDurableObjects();
}
