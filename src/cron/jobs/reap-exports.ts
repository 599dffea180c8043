import { reapExports as reap } from "../../domain/exports/reap-exports.ts";
import type { Services } from "../../services.ts";

/** Sends again what was lost of exports, and removes the files that nobody may have any more. */
export async function reapExports({
  exports,
  log,
  now,
}: Pick<Services, "exports" | "log" | "now">): Promise<void> {
  await reap({ ...exports.engine, upkeep: exports.upkeep, log, now });
}
