import { networkOf } from "../../lib/network.ts";
import type { ActContext } from "../audit/audit-record.ts";
import { LimitReached } from "../limits/errors.ts";
import type { AttemptPolicy, AttemptThrottle } from "../limits/ports.ts";

const NETWORK_MEMORY_MS = 90 * 86_400_000;

/** What counts as one client; all that come without an address count as one. */
export function networkOfAct({ origin }: ActContext): string {
  return origin.address === null ? "unknown" : networkOf(origin.address);
}

/** The network of an act, and since when a sign-in from it makes it a known one. */
export function askedNetwork(act: ActContext): { name: string; since: string } {
  return { name: networkOfAct(act), since: new Date(act.now - NETWORK_MEMORY_MS).toISOString() };
}

/** Of one client at one account, the shortest window first. */
const BY_NETWORK: Record<"password" | "code", readonly AttemptPolicy[]> = {
  password: ["password_by_network"],
  code: ["code_by_network", "code_by_network_hour"],
};

/**
 * Counts an attempt at a secret before it is looked at: per account and network, and per account for networks that
 * never signed in to it, so that strangers can't lock its owner out. Throws `LimitReached`, `LimiterUnavailable`.
 */
export async function countAttempt(
  throttle: AttemptThrottle,
  secret: "password" | "code",
  { subject, act, knownNetwork }: { subject: string; act: ActContext; knownNetwork: boolean },
): Promise<void> {
  const count = async (policy: AttemptPolicy, counted: string): Promise<void> => {
    const attempt = await throttle.attempt(policy, counted);
    if (!attempt.allowed) throw new LimitReached(policy, attempt.retryAfterMs);
  };
  for (const policy of BY_NETWORK[secret]) await count(policy, `${subject} ${networkOfAct(act)}`);
  if (!knownNetwork) await count(`${secret}_by_account`, subject);
}
