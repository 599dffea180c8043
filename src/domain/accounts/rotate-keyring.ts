import { type ActContext, type AuditRecord, auditRecord, SYSTEM_CHAIN } from "../audit/audit-record.ts";
import type { DataKeyStore, KeyWrapper, WrappedKey } from "./data-key-store.ts";
import { KeysUnreadable } from "./errors.ts";
import { JWT_GRACE_MS, KEY_PURPOSES, type KeyPurpose, type Keyring } from "./keyring.ts";
import { type ResealDeps, resealSecrets } from "./reseal-secrets.ts";

const DAY_MS = 86_400_000;

/** A key older than this is replaced at the next run. */
export const KEY_LIFE_DAYS: Record<KeyPurpose, number> = {
  jwt: 30,
  secrets: 90,
  commitments: 90,
  audit: 90,
  links: 90,
};

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
  /** Second factors and webhook secrets now encrypted with the newest key that were not before. */
  resealed: number;
}

type Step = "new_key" | "new_key_voiding_older" | "new_wrapping";

function rotationRecord(act: ActContext, key: WrappedKey, step: Step): AuditRecord {
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
    return forced.includes(purpose) || age >= KEY_LIFE_DAYS[purpose] * DAY_MS ? [newest] : [];
  });
}

/** Counted from `since`, ms, older keys of the purpose have what time is left to them. False: somebody else just did. */
async function replaceKey(
  deps: RotationDeps,
  act: ActContext,
  { old, since, step }: { old: WrappedKey; since: number; step: Step },
): Promise<boolean> {
  const { purpose } = old;
  const id = act.newId("dk");
  const wrapped = await deps.wrapper.wrap({ id, purpose }, deps.random(32));
  const createdAt = new Date(since).toISOString();
  const key = { id, purpose, generation: old.generation + 1, wrapped, createdAt };
  return deps.dataKeys.add(key, rotationRecord(act, key, step));
}

/** A key wrapped with a wrong master key would be the newest, and nobody could use it: rather no change at all. */
async function ensureReadable({ wrapper }: RotationDeps, keys: readonly WrappedKey[]): Promise<void> {
  for (const key of keys) if ((await wrapper.unwrap(key)) === null) throw new KeysUnreadable(key.id);
}

async function rewrapKey(deps: RotationDeps, act: ActContext, key: WrappedKey): Promise<boolean> {
  const bytes = await deps.wrapper.unwrap(key);
  if (bytes === null) throw new KeysUnreadable(key.id);
  const change = { from: key.wrapped, to: await deps.wrapper.wrap(key, bytes) };
  return deps.dataKeys.rewrap(key.id, change, rotationRecord(act, key, "new_wrapping"));
}

/**
 * Replaces the keys that are old, and those of `forced` purposes whatever their age; old ones stay to read with.
 * Then brings wrappings and sealed secrets to the newest keys. May be run again, or twice at once. Throws
 * `KeysUnreadable`, before any change, when the master keys do not open every data key.
 */
export async function rotateKeyring(
  deps: RotationDeps,
  act: ActContext,
  forced: readonly KeyPurpose[],
): Promise<Rotation> {
  const keys = await deps.dataKeys.list();
  await ensureReadable(deps, keys);
  const rotated: KeyPurpose[] = [];
  for (const old of dueKeys(keys, act.now, forced)) {
    if (await replaceKey(deps, act, { old, since: act.now, step: "new_key" })) rotated.push(old.purpose);
  }
  let rewrapped = 0;
  for (const key of keys) {
    if (!deps.wrapper.isCurrent(key.wrapped) && (await rewrapKey(deps, act, key))) rewrapped += 1;
  }
  deps.keyring.forget();
  const { id: keyId } = await deps.keyring.current("secrets");
  return { rotated, rewrapped, resealed: await resealSecrets({ ...deps.secrets, keyId }) };
}

/**
 * After a leak: a new `jwt` key, and whatever the keys before it signed is void at once, where this is known. The new
 * one is dated back by the time that replaced keys have otherwise. False: there is no key yet.
 */
export async function revokeTokenKeys(deps: RotationDeps, act: ActContext): Promise<boolean> {
  for (;;) {
    const keys = await deps.dataKeys.list();
    await ensureReadable(deps, keys);
    const old = keys.findLast(({ purpose }) => purpose === "jwt");
    if (old === undefined) return false;
    const since = act.now - JWT_GRACE_MS;
    if (await replaceKey(deps, act, { old, since, step: "new_key_voiding_older" })) break;
  }
  deps.keyring.forget();
  return true;
}
