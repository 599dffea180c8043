import { ResourceNotFound } from "../errors.ts";
import type { ApiKey } from "./api-key.ts";
import type { KeyStore } from "./ports.ts";

/** Throws `ResourceNotFound`. */
export async function loadKey(keys: KeyStore, organisationId: string, id: string): Promise<ApiKey> {
  const found = await keys.find(organisationId, id);
  if (found === null) throw new ResourceNotFound();
  return found;
}
