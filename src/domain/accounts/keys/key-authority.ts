import { type Authority, rolesWith } from "../authority.ts";
import type { Scope } from "../principal.ts";
import type { KeyActor } from "./ports.ts";

/** Whoever manages keys, and has the scopes that are to be given. */
export function keyAuthority({ principal }: KeyActor, given: readonly Scope[] = []): Authority {
  return { userId: principal.actor.id, roles: rolesWith("keys:write", ...given) };
}
