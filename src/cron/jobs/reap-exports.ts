import { reapExports as reap } from "../../domain/exports/reap-exports.ts";
import type { Services } from "../../services.ts";

/** Sends again what was lost of exports, and removes the files that nobody may have any more. */
export async function reapExports({
  exports,
  operations,
  log,
  now,
}: Pick<Services, "exports" | "operations" | "log" | "now">): Promise<void> {
  const isPaused = async () => operations.pauses.isPaused("exports");
  await reap({ ...exports.engine, upkeep: exports.upkeep, isPaused, log, now });
}
