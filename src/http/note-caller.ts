import type { Principal } from "../domain/accounts/principal.ts";
import type { Work, WorkFields } from "../observability/work.ts";

/** A principal is remembered for some seconds, and asks often in that time. */
const known = new WeakMap<Principal, WorkFields>();

function fieldsOf(principal: Principal): WorkFields {
  const { organisationId, actor, mode } = principal;
  const actorId = actor.kind === "key" ? { key_id: actor.id } : { user_id: actor.id };
  const fields = { organisation_id: organisationId, actor: actor.kind, ...actorId, mode };
  known.set(principal, fields);
  return fields;
}

/** Tells the line about a request who made it: ids only. */
export function noteCaller(work: Work | undefined, principal: Principal): void {
  work?.add(known.get(principal) ?? fieldsOf(principal));
}
