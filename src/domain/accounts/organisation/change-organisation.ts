import { type ActContext, auditRecord } from "../../audit/audit-record.ts";
import { type Authority, ensureAuthority, rolesWith } from "../authority.ts";
import { ResourceNotFound } from "../errors.ts";
import { auditActor, type MemberActor } from "./member-actor.ts";
import type { MemberStore, Organisation, OrganisationChange, OrganisationStore } from "./ports.ts";

interface Deps {
  organisations: OrganisationStore;
  members: Pick<MemberStore, "find">;
  act: ActContext;
}

type Setting = keyof OrganisationChange;

/** As the audit names them. */
const SETTINGS: Record<Setting, string> = {
  name: "name",
  mfaRequired: "mfa_required",
  monthlyBudgetCents: "monthly_budget_cents",
};

/** A name may be a person's: that it changed is recorded, not to what. */
function detailsOf(
  changed: Setting[],
  change: OrganisationChange,
): Record<string, string | number | boolean | null> {
  const details: Record<string, string | number | boolean | null> = {
    changed: changed.map((setting) => SETTINGS[setting]).join(","),
  };
  for (const setting of changed) {
    const value = change[setting];
    if (setting !== "name" && value !== undefined) details[SETTINGS[setting]] = value;
  }
  return details;
}

/**
 * Changes what differs, and records which settings did. Throws `ResourceNotFound`, `AccountRefused`
 * (`auth.role_changed`).
 */
export async function changeOrganisation(
  { organisations, members, act }: Deps,
  actor: MemberActor,
  change: OrganisationChange,
): Promise<Organisation> {
  const { organisationId } = actor;
  const organisation = await organisations.load(organisationId);
  if (organisation === null) throw new ResourceNotFound();
  const settings: Setting[] = ["name", "mfaRequired", "monthlyBudgetCents"];
  const changed = settings.filter(
    (setting) => change[setting] !== undefined && change[setting] !== organisation[setting],
  );
  if (changed.length === 0) return organisation;
  const record = auditRecord(act, {
    organisationId,
    actor: auditActor(actor),
    action: "organisation.changed",
    resource: { kind: "organisation", id: organisationId },
    outcome: "success",
    details: detailsOf(changed, change),
  });
  const by: Authority = { userId: actor.userId, roles: rolesWith("organisation:write") };
  if (!(await organisations.change(change, by, record))) {
    await ensureAuthority(members, organisationId, by);
    throw new ResourceNotFound();
  }
  return { ...organisation, ...change };
}
