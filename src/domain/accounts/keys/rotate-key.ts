import { auditRecord } from "../../audit/audit-record.ts";
import { ensureAuthority } from "../authority.ts";
import { AccountRefused } from "../errors.ts";
import { isInUse } from "./api-key.ts";
import type { NewApiKey } from "./create-key.ts";
import { keyAuthority } from "./key-authority.ts";
import { loadKey } from "./load-key.ts";
import type { KeyActor, KeyDeps } from "./ports.ts";

/**
 * A new key with the name, scopes, mode and expiry of the old one, which lives on for the overlap. Throws
 * `ResourceNotFound`, or `AccountRefused`: `keys.not_active` (also for all but one of concurrent rotations),
 * `keys.too_many` or `auth.role_changed`.
 */
export async function rotateKey(
  deps: KeyDeps,
  actor: KeyActor,
  input: { id: string; overlapSeconds: number },
): Promise<NewApiKey> {
  const { principal, context } = actor;
  const { organisationId } = principal;
  const old = await loadKey(deps.keys, organisationId, input.id);
  if (!isInUse(old, context.now)) throw new AccountRefused("keys.not_active");
  const minted = await deps.mint(old.mode);
  const newId = context.newId("key");
  const record = auditRecord(context, {
    organisationId,
    actor: principal.actor,
    action: "key.rotated",
    resource: { kind: "key", id: old.id },
    outcome: "success",
    details: { replaced_by: newId, overlap_seconds: input.overlapSeconds },
  });
  const by = keyAuthority(actor);
  const rotation = {
    id: old.id,
    organisationId,
    newId,
    by,
    at: new Date(context.now).toISOString(),
    until: new Date(context.now + input.overlapSeconds * 1_000).toISOString(),
    minted,
  };
  if (!(await deps.keys.rotate(rotation, record))) {
    await ensureAuthority(deps.members, organisationId, by);
    const now = await loadKey(deps.keys, organisationId, old.id);
    throw new AccountRefused(isInUse(now, context.now) ? "keys.too_many" : "keys.not_active");
  }
  return { apiKey: await loadKey(deps.keys, organisationId, newId), key: minted.key };
}
