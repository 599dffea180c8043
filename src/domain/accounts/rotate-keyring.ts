import { type ActContext, type AuditRecord, auditRecord, SYSTEM_CHAIN } from "../audit/audit-record.ts";
import type { DataKeyStore, KeyWrapper, WrappedKey } from "./data-key-store.ts";
import { KEY_PURPOSES, type KeyPurpose, type Keyring } from "./keyring.ts";
import { type ResealDeps, resealSecrets } from "./reseal-secrets.ts";

const DAY_MS = 86_400_000;

const LIFE_DAYS: Record<KeyPurpose, number> = { jwt: 30, secrets: 90, commitments: 90, audit: 90 };

export interface RotationDeps {
  dataKeys: DataKeyStore;
  wrapper: KeyWrapper;
  keyring: Keyring & { forget(): void };
  random: (length: number) => Uint8Array<ArrayBuffer>;
  secrets: Omit<ResealDeps, "keyId">;
}

export interface Rotation {
  /** Purposes that got a new key. */
  rotated: KeyPurpose[];
  /** Keys now wrapped with the first master key that were not before. */
  rewrapped: number;
  /** Second factors now encrypted with the newest key that were not before. */
  resealed: number;
}

function rotationRecord(act: ActContext, key: WrappedKey, step: "new_key" | "new_wrapping"): AuditRecord {
  return auditRecord(act, {
    organisationId: SYSTEM_CHAIN,
    actor: { kind: "system", id: null },
    action: "keyring.rotated",
    resource: { kind: "data_key", id: key.id },
    outcome: "success",
    details: { step, purpose: key.purpose, generation: key.generation },
  });
}

/** A purpose that was never used has no key to replace. */
function dueKeys(keys: WrappedKey[], now: number, forced: readonly KeyPurpose[]): WrappedKey[] {
  return KEY_PURPOSES.flatMap((purpose) => {
    const newest = keys.findLast((key) => key.purpose === purpose);
    if (newest === undefined) return [];
    const age = now - Date.parse(newest.createdAt);
    return forced.includes(purpose) || age >= LIFE_DAYS[purpose] * DAY_MS ? [newest] : [];
  });
}

async function replaceKey(deps: RotationDeps, act: ActContext, old: WrappedKey): Promise<boolean> {
  const { purpose } = old;
  const id = act.newId("dk");
  const wrapped = await deps.wrapper.wrap({ id, purpose }, deps.random(32));
  const createdAt = new Date(act.now).toISOString();
  const key = { id, purpose, generation: old.generation + 1, wrapped, createdAt };
  return deps.dataKeys.add(key, rotationRecord(act, key, "new_key"));
}

async function rewrapKey(deps: RotationDeps, act: ActContext, key: WrappedKey): Promise<boolean> {
  const bytes = await deps.wrapper.unwrap(key);
  if (bytes === null) throw new Error(`no master key opens data key ${key.id}`);
  const change = { from: key.wrapped, to: await deps.wrapper.wrap(key, bytes) };
  return deps.dataKeys.rewrap(key.id, change, rotationRecord(act, key, "new_wrapping"));
}

/**
 * Replaces the keys that are old, and those of `forced` purposes whatever their age; old ones stay to read with.
 * Then brings wrappings and second factors to the newest keys. May be run again, or twice at once.
 */
export async function rotateKeyring(
  deps: RotationDeps,
  act: ActContext,
  forced: readonly KeyPurpose[],
): Promise<Rotation> {
  const keys = await deps.dataKeys.list();
  const rotated: KeyPurpose[] = [];
  for (const key of dueKeys(keys, act.now, forced)) {
    if (await replaceKey(deps, act, key)) rotated.push(key.purpose);
  }
  let rewrapped = 0;
  for (const key of keys) {
    if (!deps.wrapper.isCurrent(key.wrapped) && (await rewrapKey(deps, act, key))) rewrapped += 1;
  }
  deps.keyring.forget();
  const { id: keyId } = await deps.keyring.current("secrets");
  return { rotated, rewrapped, resealed: await resealSecrets({ ...deps.secrets, keyId }) };
}
