import { AccountRefused } from "../errors.ts";
import type { MemberStore, SeenMembership } from "./ports.ts";

/**
 * After the store left a membership alone: throws `members.last_owner` when that is why. Otherwise someone changed it
 * meanwhile, and the caller decides again.
 */
export async function ensureNotLastOwner(members: MemberStore, seen: SeenMembership): Promise<void> {
  if (seen.role !== "owner") return;
  const member = await members.find(seen.organisationId, seen.userId);
  if (member?.role === "owner") throw new AccountRefused("members.last_owner");
}
