import { z } from "@hono/zod-openapi";
import type {
  Invitation as DomainInvitation,
  Member as DomainMember,
  Organisation as DomainOrganisation,
} from "../../../domain/accounts/organisation/ports.ts";
import { type Role, ROLES } from "../../../domain/accounts/principal.ts";
import { unknownName } from "../../closed-object.ts";
import { idParam } from "../../identifier-schema.ts";

const instant = z.iso.datetime();
const MAX_LIMIT = 100;

export const RoleInput = z
  .string()
  .transform((name, context) => {
    const known = ROLES.find((one) => one === name);
    if (known !== undefined) return known;
    context.addIssue({ ...unknownName([], name, ROLES), input: name });
    return z.NEVER;
  })
  .openapi({ type: "string", enum: [...ROLES] });

export const MemberParam = idParam("usr_0mdfk3x2a7r4v9t1b6y3h8n5c");
export const InvitationParam = idParam("inv_0mdfk3x2a7r4v9t1b6y3h8n5c");

/** The id of the last member or invitation of a page. */
const CursorInput = z
  .string()
  .superRefine((text, context) => {
    if (/^[A-Za-z0-9_-]{1,64}$/.test(text)) return;
    const fault = "organisation.cursor";
    context.addIssue({ code: "custom", message: fault, params: { fault } });
  })
  .openapi({ description: "`next_cursor` of the page before" });

export const PageQuery = {
  cursor: CursorInput.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(50),
};

/** `found`: one more than the page holds, when there are more. */
export function pageOf<Item>(found: Item[], limit: number, idOf: (item: Item) => string) {
  const data = found.slice(0, limit);
  const last = data.at(-1);
  const has_more = found.length > limit;
  return { data, next_cursor: has_more && last !== undefined ? idOf(last) : null, has_more };
}

export const Organisation = z
  .object({
    id: z.string(),
    name: z.string(),
    plan: z.enum(["free", "pro", "enterprise", "admin"]),
    mfa_required: z.boolean().openapi({ description: "Every member needs a second factor" }),
    monthly_budget_euros: z.number().nullable().openapi({ description: "null: what the plan allows" }),
    created_at: instant,
    your_role: z.enum(ROLES),
  })
  .openapi("Organisation");

export function organisationJson(organisation: DomainOrganisation, role: Role): z.infer<typeof Organisation> {
  const cents = organisation.monthlyBudgetCents;
  return {
    id: organisation.id,
    name: organisation.name,
    plan: organisation.plan,
    mfa_required: organisation.mfaRequired,
    monthly_budget_euros: cents === null ? null : cents / 100,
    created_at: organisation.createdAt,
    your_role: role,
  };
}

export const Member = z
  .object({
    user_id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    mfa_enabled: z
      .boolean()
      .nullable()
      .openapi({ description: "null for those who do not manage members, and of others" }),
  })
  .openapi("Member");

/** `manages`: whoever asks may know who has no second factor. */
export function memberJson(member: DomainMember, manages: boolean): z.infer<typeof Member> {
  const { userId, name, email, role, mfaEnabled } = member;
  return { user_id: userId, name, email, role, mfa_enabled: manages ? mfaEnabled : null };
}

export const Invitation = z
  .object({
    id: z.string(),
    email: z.string(),
    role: z.enum(ROLES),
    invited_by: z.string().nullable().openapi({ description: "user" }),
    created_at: instant,
    expires_at: instant,
  })
  .openapi("Invitation");

export function invitationJson(invitation: DomainInvitation): z.infer<typeof Invitation> {
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    invited_by: invitation.invitedBy,
    created_at: invitation.createdAt,
    expires_at: invitation.expiresAt,
  };
}
