/** What the sealed second factor of a user is bound to: one that is copied to another user does not open. */
export function totpContext(userId: string): string {
  return `totp:${userId}`;
}
