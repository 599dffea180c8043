import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { acceptInvitationRoute, postAcceptance } from "./accept-invitation.ts";
import { createInvitationRoute, postInvitation } from "./create-invitation.ts";
import { getOrganisation, getOrganisationRoute } from "./get-organisation.ts";
import { listInvitations, listInvitationsRoute } from "./list-invitations.ts";
import { listMembers, listMembersRoute } from "./list-members.ts";
import { deleteMember, removeMemberRoute } from "./remove-member.ts";
import { deleteInvitation, revokeInvitationRoute } from "./revoke-invitation.ts";
import { updateMember, updateMemberRoute } from "./update-member.ts";
import { updateOrganisation, updateOrganisationRoute } from "./update-organisation.ts";

export function mountOrganisation(app: OpenAPIHono<AppEnv>): void {
  app.openapi(getOrganisationRoute, getOrganisation);
  app.openapi(updateOrganisationRoute, updateOrganisation);
  app.openapi(listMembersRoute, listMembers);
  app.openapi(updateMemberRoute, updateMember);
  app.openapi(removeMemberRoute, deleteMember);
  app.openapi(createInvitationRoute, postInvitation);
  app.openapi(listInvitationsRoute, listInvitations);
  app.openapi(revokeInvitationRoute, deleteInvitation);
  app.openapi(acceptInvitationRoute, postAcceptance);
}
