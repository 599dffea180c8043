import { auditRecord } from "../../audit/audit-record.ts";
import { ensureAuthority } from "../authority.ts";
import { AccountRefused } from "../errors.ts";
import type { Scope } from "../principal.ts";
import type { ApiKey, KeyMode } from "./api-key.ts";
import { keyAuthority } from "./key-authority.ts";
import { loadKey } from "./load-key.ts";
import type { KeyActor, KeyDeps } from "./ports.ts";

export interface CreateKeyInput {
  name: string;
  scopes: Scope[];
  mode: KeyMode;
  /** RFC 3339. */
  expiresAt: string | null;
}

/** `key` is known to nobody but the caller from here on. */
export interface NewApiKey {
  apiKey: ApiKey;
  key: string;
}

/** Throws `AccountRefused` (`keys.too_many`, `auth.role_changed`). The caller has checked the scopes with `scopesBeyond`. */
export async function createKey(deps: KeyDeps, actor: KeyActor, input: CreateKeyInput): Promise<NewApiKey> {
  const { principal, context } = actor;
  const { organisationId } = principal;
  const minted = await deps.mint(input.mode);
  const id = context.newId("key");
  const record = auditRecord(context, {
    organisationId,
    actor: principal.actor,
    action: "key.created",
    resource: { kind: "key", id },
    outcome: "success",
    details: { mode: input.mode, scopes: input.scopes.join(" "), expires_at: input.expiresAt },
  });
  const at = new Date(context.now).toISOString();
  const by = keyAuthority(actor, input.scopes);
  if (!(await deps.keys.create({ ...input, id, organisationId, by, at, minted }, record))) {
    await ensureAuthority(deps.members, organisationId, by);
    throw new AccountRefused("keys.too_many");
  }
  return { apiKey: await loadKey(deps.keys, organisationId, id), key: minted.key };
}
