/** The person `userId` has one of `roles` (text[]) in the organisation, as the statement sees it; all three are SQL. */
export function holdsRole(organisationId: string, userId: string, roles: string): string {
  return `exists (
    select 1 from memberships actor
    where actor.organisation_id = ${organisationId} and actor.user_id = ${userId} and actor.role = any(${roles}::text[]))`;
}
