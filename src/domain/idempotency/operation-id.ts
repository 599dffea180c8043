import { sha256Hex } from "../../lib/digest.ts";
import type { Seed } from "./key-record.ts";

/**
 * 25 characters of [0-9a-z], the same for the same request under the same key however often it is carried out: what is
 * created under an id made of it is created once. Sorts by time, like every id.
 */
export async function operationIdOf({ at, noise }: Seed, fingerprint: string): Promise<string> {
  const digest = await sha256Hex(`${noise}\n${fingerprint}`);
  return at.toString(36).padStart(9, "0") + digest.slice(0, 16);
}
