import { rotateKeyring } from "../../domain/accounts/rotate-keyring.ts";
import { SYSTEM_CHAIN } from "../../domain/audit/audit-record.ts";
import type { Services } from "../../services.ts";
import { systemAct } from "../system-act.ts";

/** Keys that are due are replaced; what older keys made is brought up to date. */
export async function rotateKeys({ accounts, audit, log, now }: Services): Promise<void> {
  const { rotated, rewrapped, resealed } = await rotateKeyring(accounts.rotation, systemAct(now()), []);
  log.event("keys_rotated", { rotated: rotated.join(" "), rewrapped, resealed });
  await audit.poke(SYSTEM_CHAIN);
}
