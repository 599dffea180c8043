import { sha256Hex } from "../../../lib/digest.ts";
import type { HookChannel } from "../hook-channel.ts";

/** Longer ones don't fit an index. */
const LONGEST_ID = 200;

/**
 * What makes two notifications the same one. Pappers gives them no id: the same body on the same day (UTC) is a
 * repetition, and later a change of its own. `at` in ms; `sentId` is the verified `webhook-id`.
 */
export async function dedupeKeyOf(
  channel: HookChannel,
  { sentId, body, at }: { sentId: string | null; body: string; at: number },
): Promise<string> {
  if (channel === "generic" && sentId !== null && sentId.length <= LONGEST_ID) return sentId;
  return `${new Date(at).toISOString().slice(0, 10)}:${await sha256Hex(body)}`;
}
