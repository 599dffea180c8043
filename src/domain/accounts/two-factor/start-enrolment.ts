import { AccountRefused, ResourceNotFound } from "../errors.ts";
import { type FactorDeps, findFactor } from "./spend-code.ts";

/**
 * A new secret, in the place of one that was never confirmed, and the address that tells it apart in an app. Throws
 * `AccountRefused` (`auth.mfa_already_enabled`), `ResourceNotFound`.
 */
export async function startEnrolment(
  deps: FactorDeps,
  userId: string,
): Promise<{ secret: string; email: string }> {
  const factor = await findFactor(deps, userId);
  if (factor === null) throw new ResourceNotFound();
  if (factor.confirmedAt !== null) throw new AccountRefused("auth.mfa_already_enabled");
  const secret = deps.mechanism.newSecret();
  const begun = await deps.factors.begin({
    userId,
    sealedSecret: await deps.mechanism.seal(secret, userId),
  });
  if (!begun) throw new AccountRefused("auth.mfa_already_enabled");
  return { secret, email: factor.email };
}
